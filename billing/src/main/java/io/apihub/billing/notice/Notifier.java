package io.apihub.billing.notice;

import java.util.List;
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
        return take(kind, List.of(new News(tenant, key, data))) > 0;
    }

    /** What is said to a tenant; see {@link #take(UUID, NoticeKind, String, Map)}. */
    record News(UUID tenant, String key, Map<String, String> data) {}

    /** Takes several at once; returns how many are new. */
    @Transactional(propagation = Propagation.MANDATORY)
    int take(NoticeKind kind, List<News> all) {
        return jdbc.update(
                "INSERT INTO billing.notice (notice_id, tenant_id, kind, notice_key, data)"
                        + " SELECT gen_random_uuid(), tenant_id, ?, ? || '/' || notice_key,"
                        + " data::jsonb FROM unnest(?::uuid[], ?::text[], ?::text[])"
                        + " AS n (tenant_id, notice_key, data)"
                        + " ON CONFLICT (notice_key) DO NOTHING",
                kind.wireName(),
                kind.wireName(),
                all.stream().map(News::tenant).toArray(UUID[]::new),
                all.stream().map(News::key).toArray(String[]::new),
                all.stream()
                        .map(news -> json.writeValueAsString(news.data()))
                        .toArray(String[]::new));
    }
}
