package io.apihub.billing.identity;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Header;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * JWTs of one type for one audience, signed with Ed25519. The algorithm is pinned; issuer,
 * audience, type, key id, subject and expiry are checked; a token brings no key of its own (RFC
 * 8725).
 */
public final class JwtFormat {

    private static final String ISSUER = "apihub-billing";
    private static final long CLOCK_SKEW_SECONDS = 30;
    private static final int MAX_LENGTH = 4096;

    private final SigningKeys keys;
    private final InstantSource clock;
    private final String type;
    private final String audience;
    private final JwtParser parser;

    public JwtFormat(SigningKeys keys, InstantSource clock, String type, String audience) {
        this.keys = keys;
        this.clock = clock;
        this.type = type;
        this.audience = audience;
        this.parser =
                Jwts.parser()
                        .keyLocator(this::key)
                        .sig()
                        .clear()
                        .add(Jwts.SIG.EdDSA)
                        .and()
                        .zip()
                        .clear()
                        .and()
                        .requireIssuer(ISSUER)
                        .requireAudience(audience)
                        .clockSkewSeconds(CLOCK_SKEW_SECONDS)
                        .clock(() -> Date.from(clock.instant()))
                        .build();
    }

    /** What a token says that works. */
    public record Verified(String subject, Instant expiresAt, Map<String, Object> claims) {}

    /** No life is longer than {@link SigningKeys#OVERLAP}, after which the key is not believed. */
    public String mint(String subject, Map<String, ?> claims, Duration life) {
        if (life.compareTo(SigningKeys.OVERLAP) > 0) {
            throw new IllegalArgumentException("too long a life for a token: " + life);
        }
        var key = keys.current();
        var now = clock.instant();
        return Jwts.builder()
                .header()
                .type(type)
                .keyId(key.id())
                .and()
                .claims(claims)
                .id(UUID.randomUUID().toString())
                .issuer(ISSUER)
                .audience()
                .add(audience)
                .and()
                .subject(subject)
                .issuedAt(Date.from(now))
                .expiration(Date.from(now.plus(life)))
                .signWith(key.privateKey(), Jwts.SIG.EdDSA)
                .compact();
    }

    /** Checks a token; empty for whatever is wrong with it. */
    public Optional<Verified> verify(String token) {
        if (token.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            return verified(parser.parseSignedClaims(token));
        } catch (JwtException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<Verified> verified(Jws<Claims> jws) {
        var claims = jws.getPayload();
        var subject = claims.getSubject();
        var expires = claims.getExpiration();
        return type.equals(jws.getHeader().getType())
                        && expires != null
                        && subject != null
                        && !subject.isBlank()
                ? Optional.of(new Verified(subject, expires.toInstant(), Map.copyOf(claims)))
                : Optional.empty();
    }

    private @Nullable Key key(Header header) {
        return header instanceof JwsHeader signed && signed.getKeyId() != null
                ? keys.find(signed.getKeyId()).map(SigningKey::publicKey).orElse(null)
                : null;
    }
}
