package io.apihub.billing.kube;

import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Remembers who made a key, for usage by user: the key itself may be gone by then. */
@Component
class KeyMakers {

    private final JdbcTemplate jdbc;

    KeyMakers(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Safe to repeat: the first one stays. */
    void made(UUID key, String maker) {
        jdbc.update(
                "INSERT INTO billing.key_maker (key_uid, maker) VALUES (?, ?)"
                        + " ON CONFLICT DO NOTHING",
                key,
                maker);
    }
}
