package io.apihub.billing.notice;

import io.apihub.billing.database.Looks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Reads notices, and marks those that mails and deliveries were made of. */
@Component
class NoticeTable {

    private final JdbcTemplate jdbc;
    private final BooleanSupplier waiting;
    private final JsonMapper json;

    NoticeTable(JdbcTemplate jdbc, JsonMapper json, Looks looks) {
        this.jdbc = jdbc;
        this.waiting = looks.at("SELECT FROM billing.notice WHERE dispatched_at IS NULL");
        this.json = json;
    }

    /**
     * A notice.
     *
     * @param kind its wire name
     * @param dispatchedAt null: mails and deliveries are not made yet
     */
    record Told(
            UUID id,
            long seq,
            UUID tenant,
            String kind,
            Map<String, String> data,
            Instant createdAt,
            @Nullable Instant dispatchedAt,
            int mails,
            int deliveries) {

        Told {
            data = Map.copyOf(data);
        }
    }

    /** Newest first. */
    List<Told> before(UUID tenant, long seq, int limit) {
        return jdbc.query(
                "SELECT * FROM billing.notice WHERE tenant_id = ? AND seq < ?"
                        + " ORDER BY seq DESC LIMIT ?",
                this::told,
                tenant,
                seq,
                limit);
    }

    /** Whether nothing was made yet of some, half a second ago or since. */
    boolean mayWait() {
        return waiting.getAsBoolean();
    }

    /** The oldest that nothing was made of yet, and that no other billing has at hand. */
    List<Told> lockNext(long afterSeq, int most) {
        return jdbc.query(
                "SELECT * FROM billing.notice WHERE dispatched_at IS NULL AND seq > ?"
                        + " ORDER BY seq LIMIT ? FOR NO KEY UPDATE SKIP LOCKED",
                this::told,
                afterSeq,
                most);
    }

    void dispatched(UUID id, int mails, int deliveries) {
        jdbc.update(
                "UPDATE billing.notice SET dispatched_at = now(), mails = ?, deliveries = ?"
                        + " WHERE notice_id = ?",
                mails,
                deliveries,
                id);
    }

    private Told told(ResultSet row, int number) throws SQLException {
        var data = new TreeMap<String, String>();
        json.readTree(row.getString("data"))
                .properties()
                .forEach(field -> data.put(field.getKey(), field.getValue().asString()));
        return new Told(
                row.getObject("notice_id", UUID.class),
                row.getLong("seq"),
                row.getObject("tenant_id", UUID.class),
                row.getString("kind"),
                data,
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                WebhookTable.instant(row, "dispatched_at"),
                row.getInt("mails"),
                row.getInt("deliveries"));
    }
}
