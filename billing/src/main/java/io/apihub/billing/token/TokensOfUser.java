package io.apihub.billing.token;

import io.apihub.billing.identity.WayIn;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** A user's personal access tokens, as a way in. */
@Component
class TokensOfUser implements WayIn {

    private final JdbcTemplate jdbc;
    private final InstantSource clock;

    TokensOfUser(JdbcTemplate jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    @Override
    public void close(UUID user) {
        jdbc.update(
                "UPDATE billing.credential SET revoked_at = ?, revoked_by = 'configuration',"
                        + " version = version + 1 WHERE user_id = ? AND revoked_at IS NULL",
                Timestamp.from(clock.instant()),
                user);
    }
}
