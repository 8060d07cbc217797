package io.apihub.billing.token;

import io.apihub.billing.access.BearerCheck;
import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Scope;
import io.apihub.billing.identity.JwtFormat;
import io.apihub.billing.identity.SigningKeys;
import io.apihub.billing.token.CredentialOwners.Owner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Short-lived JWTs for programs (RFC 9068). Each names the credential it came from, and is good
 * only while that is.
 */
@Component
class AccessTokens implements BearerCheck {

    private static final Duration LIFE = Duration.ofMinutes(10);

    private final JwtFormat format;
    private final CredentialOwners owners;
    private final InstantSource clock;

    AccessTokens(SigningKeys keys, CredentialOwners owners, InstantSource clock) {
        this.format = new JwtFormat(keys, clock, "at+jwt", "apihub");
        this.owners = owners;
        this.clock = clock;
    }

    /** A token and how long it is good. */
    record Minted(String token, Duration life) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /** Mints one for at most the credential's scopes; it never outlives the credential. */
    Minted mint(Owner owner, Set<Scope> scopes) {
        var expiry = owner.expiresAt();
        var left = expiry == null ? LIFE : Duration.between(clock.instant(), expiry);
        var life = left.compareTo(LIFE) < 0 ? left : LIFE;
        var claims = Map.of("client_id", owner.publicId(), "scope", Scope.text(scopes));
        return new Minted(format.mint(owner.caller().name(), claims, life), life);
    }

    @Override
    public Optional<Caller> check(String token) {
        return format.verify(token)
                .flatMap(jwt ->
                        jwt.claims().get("client_id") instanceof String credential
                                        && jwt.claims().get("scope") instanceof String scope
                                ? owners.find(credential, Scope.parse(scope))
                                        .map(owner -> owner.caller().until(jwt.expiresAt()))
                                        .filter(caller -> caller.name().equals(jwt.subject()))
                                : Optional.empty());
    }
}
