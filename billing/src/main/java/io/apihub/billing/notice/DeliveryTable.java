package io.apihub.billing.notice;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The tables of deliveries and of their attempts. */
@Component
class DeliveryTable {

    private static final String INSERT =
            "INSERT INTO billing.webhook_delivery (delivery_id, webhook_id, notice_id, again_of,"
                    + " message_id, kind, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (webhook_id, notice_id) WHERE again_of IS NULL DO NOTHING";

    private final JdbcTemplate jdbc;

    DeliveryTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** What is to be sent. */
    record Message(UUID id, String kind, String body) {}

    /** Adds a notice for a webhook; false: it was there before. */
    boolean add(UUID webhook, Message notice) {
        return jdbc.update(
                        INSERT,
                        UUID.randomUUID(),
                        webhook,
                        notice.id(),
                        null,
                        notice.id(),
                        notice.kind(),
                        notice.body())
                > 0;
    }

    /** Adds a test. */
    UUID addTest(UUID webhook, Message test) {
        var id = UUID.randomUUID();
        jdbc.update(INSERT, id, webhook, null, null, test.id(), test.kind(), test.body());
        return id;
    }

    /** Adds what was there before once more, as the same message. */
    UUID addAgain(Delivery before) {
        var id = UUID.randomUUID();
        jdbc.update(
                INSERT,
                id,
                before.webhook(),
                before.notice(),
                before.id(),
                before.message(),
                before.kind(),
                before.body());
        return id;
    }

    int pending(UUID webhook) {
        var count =
                jdbc.queryForObject(
                        "SELECT count(*) FROM billing.webhook_delivery WHERE webhook_id = ?"
                                + " AND state = 'PENDING'",
                        Integer.class,
                        webhook);
        return count == null ? 0 : count;
    }

    List<Delivery> due(UUID webhook, int most) {
        return jdbc.query(
                "SELECT * FROM billing.webhook_delivery WHERE webhook_id = ? AND state = 'PENDING'"
                        + " AND next_try_at <= now() ORDER BY seq LIMIT ?",
                DeliveryTable::delivery,
                webhook,
                most);
    }

    Optional<Delivery> find(UUID webhook, UUID id) {
        return jdbc
                .query(
                        "SELECT * FROM billing.webhook_delivery WHERE delivery_id = ?"
                                + " AND webhook_id = ?",
                        DeliveryTable::delivery,
                        id,
                        webhook)
                .stream()
                .findFirst();
    }

    /** Newest first. */
    List<Delivery> before(UUID webhook, long seq, int limit) {
        return jdbc.query(
                "SELECT * FROM billing.webhook_delivery WHERE webhook_id = ? AND seq < ?"
                        + " ORDER BY seq DESC LIMIT ?",
                DeliveryTable::delivery,
                webhook,
                seq,
                limit);
    }

    /** What came of sending it once. */
    record Attempt(
            int number,
            Instant at,
            long millis,
            @Nullable Integer status,
            @Nullable String error) {}

    List<Attempt> attempts(UUID delivery) {
        return jdbc.query(
                "SELECT * FROM billing.webhook_attempt WHERE delivery_id = ? ORDER BY number",
                (row, number) ->
                        new Attempt(
                                row.getInt("number"),
                                row.getObject("at", OffsetDateTime.class).toInstant(),
                                row.getLong("millis"),
                                integer(row, "status"),
                                row.getString("error")),
                delivery);
    }

    /**
     * Notes an attempt.
     *
     * @param state PENDING: it is tried again after {@code wait}
     * @return false: it is gone, or ended meanwhile
     */
    boolean note(
            Delivery delivery,
            WebhookCall.Outcome outcome,
            long millis,
            Delivery.State state,
            Duration wait) {
        int changed =
                jdbc.update(
                        "UPDATE billing.webhook_delivery SET tries = tries + 1, state = ?,"
                                + " last_status = ?, last_error = left(?, 300), next_try_at = now()"
                                + " + make_interval(secs => ?::double precision / 1000),"
                                + " ended_at = CASE WHEN ? THEN NULL ELSE now() END"
                                + " WHERE delivery_id = ? AND state = 'PENDING'",
                        state.name(),
                        outcome.status(),
                        outcome.error(),
                        wait.toMillis(),
                        state == Delivery.State.PENDING,
                        delivery.id());
        if (changed > 0) {
            jdbc.update(
                    "INSERT INTO billing.webhook_attempt (delivery_id, number, millis, status,"
                            + " error) SELECT delivery_id, tries, ?, ?, left(?, 300)"
                            + " FROM billing.webhook_delivery WHERE delivery_id = ?"
                            + " ON CONFLICT DO NOTHING",
                    millis,
                    outcome.status(),
                    outcome.error(),
                    delivery.id());
        }
        return changed > 0;
    }

    /** Gives up all that waits for a webhook. */
    void giveUpAll(UUID webhook, String reason) {
        jdbc.update(
                "UPDATE billing.webhook_delivery SET state = 'GIVEN_UP', ended_at = now(),"
                        + " last_error = left(?, 300) WHERE webhook_id = ? AND state = 'PENDING'",
                reason,
                webhook);
    }

    /** Forgets what ended long ago. */
    void forget() {
        jdbc.update(
                "DELETE FROM billing.webhook_delivery WHERE state <> 'PENDING'"
                        + " AND ended_at < now() - interval '90 days'");
    }

    private static Delivery delivery(ResultSet row, int number) throws SQLException {
        return new Delivery(
                row.getObject("delivery_id", UUID.class),
                row.getLong("seq"),
                row.getObject("webhook_id", UUID.class),
                row.getObject("message_id", UUID.class),
                row.getObject("notice_id", UUID.class),
                row.getObject("again_of", UUID.class),
                row.getString("kind"),
                row.getString("body"),
                Delivery.State.valueOf(row.getString("state")),
                row.getInt("tries"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("next_try_at", OffsetDateTime.class).toInstant(),
                WebhookTable.instant(row, "ended_at"),
                integer(row, "last_status"),
                row.getString("last_error"));
    }

    private static @Nullable Integer integer(ResultSet row, String column) throws SQLException {
        int value = row.getInt(column);
        return row.wasNull() ? null : value;
    }
}
