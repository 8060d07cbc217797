package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Administrators' tokens: JWTs signed with Ed25519. The algorithm is pinned, and issuer, audience,
 * type, id and expiry are checked (RFC 8725).
 */
@Component
class Tokens {

    private static final String ISSUER = "apihub-billing";
    private static final String AUDIENCE = "apihub-admin";
    private static final String TYPE = "apihub-admin+jwt";
    private static final long CLOCK_SKEW_SECONDS = 30;

    private final SigningKey key;
    private final InstantSource clock;
    private final JwtParser parser;

    Tokens(SigningKey key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
        this.parser =
                Jwts.parser()
                        .verifyWith(key.publicKey())
                        .sig()
                        .clear()
                        .add(Jwts.SIG.EdDSA)
                        .and()
                        .requireIssuer(ISSUER)
                        .requireAudience(AUDIENCE)
                        .clockSkewSeconds(CLOCK_SKEW_SECONDS)
                        .clock(() -> Date.from(clock.instant()))
                        .build();
    }

    /** A token that works. */
    record Valid(Caller caller, Instant expiresAt) {}

    String mint(Caller caller, Duration life) {
        var now = clock.instant();
        return Jwts.builder()
                .header()
                .type(TYPE)
                .keyId(key.id())
                .and()
                .id(UUID.randomUUID().toString())
                .issuer(ISSUER)
                .audience()
                .add(AUDIENCE)
                .and()
                .subject(caller.name())
                .issuedAt(Date.from(now))
                .expiration(Date.from(now.plus(life)))
                .signWith(key.privateKey(), Jwts.SIG.EdDSA)
                .compact();
    }

    /** Checks a token; empty for whatever is wrong with it. */
    Optional<Valid> verify(String token) {
        try {
            return valid(parser.parseSignedClaims(token));
        } catch (JwtException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<Valid> valid(Jws<Claims> jws) {
        var claims = jws.getPayload();
        boolean complete =
                TYPE.equals(jws.getHeader().getType())
                        && key.id().equals(jws.getHeader().getKeyId())
                        && claims.getExpiration() != null
                        && claims.getSubject() != null
                        && !claims.getSubject().isBlank();
        return complete
                ? Optional.of(
                        new Valid(
                                Caller.administrator(claims.getSubject()),
                                claims.getExpiration().toInstant()))
                : Optional.empty();
    }
}
