package io.apihub.billing.identity;

import io.apihub.billing.access.BearerCheck;
import io.apihub.billing.access.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Administrators' tokens, for who can read the token file. */
@Component
class Tokens implements BearerCheck {

    private final JwtFormat format;

    Tokens(SigningKeys keys, InstantSource clock) {
        this.format = new JwtFormat(keys, clock, "apihub-admin+jwt", "apihub-admin");
    }

    /** A token that works. */
    record Valid(Caller caller, Instant expiresAt) {}

    String mint(Caller caller, Duration life) {
        return format.mint(caller.name(), Map.of(), life);
    }

    /** Checks a token; empty for whatever is wrong with it. */
    Optional<Valid> verify(String token) {
        return format.verify(token)
                .map(jwt ->
                        new Valid(
                                Caller.administrator(jwt.subject()).until(jwt.expiresAt()),
                                jwt.expiresAt()));
    }

    @Override
    public Optional<Caller> check(String token) {
        return verify(token).map(Valid::caller);
    }
}
