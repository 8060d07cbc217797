package io.apihub.billing.notice;

import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Takes notices. They are written in the caller's transaction and told afterwards. */
@Component
public class Notifier {

    private final JdbcTemplate jdbc;
    private final JsonMapper json;

    Notifier(JdbcTemplate jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Takes a notice. Safe to repeat, by any process: what has this key was told before.
     *
     * @param key what it is about, at most 1,400 characters; unique among all of its kind
     * @param data what is said, by name; single lines, amounts as decimals
     * @return whether it is new
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean take(UUID tenant, NoticeKind kind, String key, Map<String, String> data) {
        return jdbc.update(
                        "INSERT INTO billing.notice (notice_id, tenant_id, kind, notice_key, data)"
                                + " VALUES (?, ?, ?, ?, ?::jsonb)"
                                + " ON CONFLICT (notice_key) DO NOTHING",
                        UUID.randomUUID(),
                        tenant,
                        kind.wireName(),
                        kind.wireName() + "/" + key,
                        json.writeValueAsString(data))
                > 0;
    }
}
