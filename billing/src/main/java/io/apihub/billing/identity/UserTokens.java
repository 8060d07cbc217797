package io.apihub.billing.identity;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Tokens that users show once, and soon. */
@Component
class UserTokens {

    private final JdbcTemplate jdbc;
    private final InstantSource clock;
    private final RandomGenerator random;

    UserTokens(JdbcTemplate jdbc, InstantSource clock, RandomGenerator random) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.random = random;
    }

    /** Makes one; those before it stay good, since mail may overtake mail. */
    Secret issue(UUID user, Purpose purpose, Duration life) {
        var token = Secret.mint(random);
        var now = clock.instant();
        jdbc.update(
                "INSERT INTO billing.user_token"
                        + " (token_sha256, user_id, purpose, created_at, expires_at)"
                        + " VALUES (?, ?, ?, ?, ?)",
                token.digest(),
                user,
                purpose.name(),
                Timestamp.from(now),
                Timestamp.from(now.plus(life)));
        return token;
    }

    /** Whose a token is; empty if it is no good. It stays good. */
    Optional<UUID> find(@Nullable String token, Purpose purpose) {
        if (token == null || token.length() != Secret.LENGTH) {
            return Optional.empty();
        }
        return jdbc
                .query(
                        "SELECT user_id FROM billing.user_token"
                                + " WHERE token_sha256 = ? AND purpose = ? AND expires_at > ?",
                        (row, number) -> row.getObject(1, UUID.class),
                        new Secret(token).digest(),
                        purpose.name(),
                        Timestamp.from(clock.instant()))
                .stream()
                .findFirst();
    }

    /** Uses a token up; says whether it was still there. */
    boolean redeem(String token, UUID user, Purpose purpose) {
        return jdbc.update(
                        "DELETE FROM billing.user_token"
                                + " WHERE token_sha256 = ? AND user_id = ? AND purpose = ?",
                        new Secret(token).digest(),
                        user,
                        purpose.name())
                > 0;
    }

    /** Ends all of a user's tokens of a purpose. */
    void revoke(UUID user, Purpose purpose) {
        jdbc.update(
                "DELETE FROM billing.user_token WHERE user_id = ? AND purpose = ?",
                user,
                purpose.name());
    }

    @Scheduled(fixedDelay = 3_600_000, initialDelay = 700_000)
    void forget() {
        jdbc.update(
                "DELETE FROM billing.user_token WHERE expires_at < ?",
                Timestamp.from(clock.instant()));
    }
}
