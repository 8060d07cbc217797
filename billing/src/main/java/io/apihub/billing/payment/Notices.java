package io.apihub.billing.payment;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What platforms told, answered and were asked, with what became of it. */
@Component
public class Notices {

    private static final int MAX_PROVIDER = 64;
    private static final int MAX_TEXT = 500;
    private static final int MAX_FIELD = 200;
    private static final int MAX_FIELDS = 30;

    private static final String[] CAME_TO_NOTHING = {
        "refused", "repeated", "not-paid", "differs", "unknown"
    };
    private static final int MOST_OF_AN_ORDER = 100;

    private final JdbcTemplate jdbc;
    private final JsonMapper json;

    Notices(JdbcTemplate jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * One of them.
     *
     * @param source notify, query, refund or person; account: the tenant has one now
     * @param address where it came from; empty if we asked
     */
    public record Notice(
            String provider,
            @Nullable UUID order,
            String source,
            String outcome,
            String reason,
            String address,
            Map<String, String> fields) {

        /** Of something that we asked. */
        static Notice of(PaymentOrder order, String source, String outcome, String reason) {
            return new Notice(order.provider(), order.id(), source, outcome, reason, "", Map.of());
        }
    }

    void add(Notice notice) {
        add(List.of(notice));
    }

    /**
     * Adds them, but for what came to nothing for an order of which enough is kept: who has got
     * hold of the platform's key could send without end.
     */
    void add(Collection<Notice> notices) {
        jdbc.update(
                "INSERT INTO billing.payment_notice (provider, order_id, source, outcome, reason,"
                        + " address, fields) SELECT provider, order_id, source, outcome, reason,"
                        + " address, fields::jsonb FROM unnest(?::text[], ?::uuid[], ?::text[],"
                        + " ?::text[], ?::text[], ?::text[], ?::text[])"
                        + " AS n (provider, order_id, source, outcome, reason, address, fields)"
                        + " WHERE order_id IS NULL OR outcome <> ALL (?::text[]) OR (SELECT"
                        + " count(*) FROM (SELECT FROM billing.payment_notice k WHERE k.order_id ="
                        + " n.order_id LIMIT ?) kept) < ?",
                column(notices, notice -> shown(notice.provider(), MAX_PROVIDER)),
                notices.stream().map(Notice::order).toArray(UUID[]::new),
                column(notices, Notice::source),
                column(notices, Notice::outcome),
                column(notices, notice -> shown(notice.reason(), MAX_TEXT)),
                column(notices, Notice::address),
                column(notices, notice -> json.writeValueAsString(shown(notice.fields()))),
                CAME_TO_NOTHING,
                MOST_OF_AN_ORDER,
                MOST_OF_AN_ORDER);
    }

    private static Object column(Collection<Notice> notices, Function<Notice, String> value) {
        return notices.stream().map(value).toArray(String[]::new);
    }

    /** Without the signature, by which somebody could try keys. */
    private static Map<String, String> shown(Map<String, String> fields) {
        var shown = new LinkedHashMap<String, String>();
        fields.entrySet().stream()
                .filter(field -> !field.getKey().equals("sign"))
                .limit(MAX_FIELDS)
                .forEach(field ->
                        shown.put(
                                shown(field.getKey(), MAX_FIELD),
                                shown(field.getValue(), MAX_FIELD)));
        return shown;
    }

    /** Postgres takes no U+0000, and no half of a pair. */
    private static String shown(String text, int most) {
        var start = text.length() > most ? text.substring(0, most) : text;
        return start.replaceAll("[\\x00\\p{Cs}]", "?");
    }

    /** One that is read. */
    public record Entry(
            Instant at,
            String source,
            String outcome,
            String reason,
            String address,
            String fields) {}

    /** Those of an order, oldest first, the first 200. */
    public List<Entry> of(UUID order) {
        return jdbc.query(
                "SELECT received_at, source, outcome, reason, address, fields::text AS fields"
                        + " FROM billing.payment_notice WHERE order_id = ?"
                        + " ORDER BY notice_id LIMIT 200",
                (row, number) ->
                        new Entry(
                                row.getObject("received_at", OffsetDateTime.class).toInstant(),
                                row.getString("source"),
                                row.getString("outcome"),
                                row.getString("reason"),
                                row.getString("address"),
                                row.getString("fields")),
                order);
    }

    /**
     * Forgets what belongs to no order: strangers send it. The newest of the last 30 days stay.
     *
     * @param most how many stay
     */
    int forget(int most) {
        return jdbc.update(
                "DELETE FROM billing.payment_notice WHERE order_id IS NULL AND received_at <="
                        + " greatest(now() - interval '30 days', (SELECT received_at"
                        + " FROM billing.payment_notice WHERE order_id IS NULL"
                        + " ORDER BY received_at DESC OFFSET ? LIMIT 1))",
                most);
    }
}
