package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The statements that write billing.usage, its rollup and its rejects. */
@Component
class UsageTable implements UsageStore {

    private static final String COLUMNS =
            String.join(", ", UsageColumns.HELD) + ", " + String.join(", ", UsageColumns.MEASURED);

    private static final List<String> TOKENS =
            List.of(
                    "input_tokens",
                    "cached_input_tokens",
                    "cache_write_tokens",
                    "cache_write_1h_tokens",
                    "output_tokens",
                    "reasoning_tokens",
                    "cost_micros");

    /**
     * Rows and their rollup in one statement, so that neither exists without the other. Ordered, so
     * that two batches with the same rows wait for each other instead of dying together.
     */
    private static final String INSERT =
            "WITH fresh AS (INSERT INTO billing.usage ("
                    + COLUMNS
                    + ") SELECT "
                    + COLUMNS
                    + " FROM jsonb_populate_recordset(NULL::billing.usage, ?::jsonb)"
                    + " ORDER BY tenant_id, day, hold_id ON CONFLICT DO NOTHING RETURNING *),"
                    + " rolled AS ("
                    + rollup("minute", fresh("minute"))
                    + "), rolled_hours AS ("
                    + rollup("hour", fresh("hour"))
                    + ") SELECT hold_id FROM fresh";

    private final JdbcTemplate jdbc;
    private final JsonMapper json = JsonMapper.builder().build();

    private final ApplicationEventPublisher events;

    UsageTable(JdbcTemplate jdbc, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.events = events;
    }

    private static String sums() {
        return String.join(", ", TOKENS.stream().map(column -> "sum(" + column + ")").toList());
    }

    private static String fresh(String unit) {
        return "SELECT date_trunc('"
                + unit
                + "', at, 'UTC'), tenant_id, key_uid, model, count(*),"
                + " count(*) FILTER (WHERE status >= 400 OR status = 0),"
                + " count(*) FILTER (WHERE estimated), "
                + sums()
                + " FROM fresh GROUP BY 1, 2, 3, 4 ORDER BY 2, 1, 3, 4";
    }

    /**
     * Adds to sums.
     *
     * @param unit minute or hour
     */
    private static String rollup(String unit, String select) {
        var counts = List.of("requests", "failed_requests", "estimated_requests");
        var columns = new ArrayList<>(counts);
        columns.addAll(TOKENS);
        return "INSERT INTO billing.usage_"
                + unit
                + " AS m ("
                + unit
                + ", tenant_id, key_uid, model, "
                + String.join(", ", columns)
                + ") "
                + select
                + " ON CONFLICT (tenant_id, "
                + unit
                + ", key_uid, model) DO UPDATE SET "
                + String.join(
                        ", ",
                        columns.stream()
                                .map(column -> column + " = m." + column + " + excluded." + column)
                                .toList());
    }

    @Override
    public Set<UUID> insert(List<Booking> bookings, Map<UUID, UUID> postings) {
        var rows = new ArrayList<Map<String, Object>>();
        for (var booking : bookings) {
            var row = new HashMap<>(booking.row());
            if (booking.metered() && booking.cost().isPositive()) {
                row.put("posting", String.valueOf(postings.get(booking.tenantId())));
            }
            rows.add(row);
        }
        var fresh =
                new HashSet<>(
                        jdbc.query(
                                INSERT,
                                (row, number) -> row.getObject(1, UUID.class),
                                json.writeValueAsString(rows)));
        bookings.stream()
                .filter(booking -> fresh.contains(booking.hold().uuid()))
                .collect(
                        Collectors.groupingBy(
                                Booking::tenantId,
                                Collectors.mapping(
                                        booking -> booking.hold().uuid(), Collectors.toList())))
                .forEach((tenant, holds) -> events.publishEvent(new UsageBooked(tenant, holds)));
        return fresh;
    }

    @Override
    public Optional<Before> correct(Booking booking) {
        var key =
                " WHERE tenant_id = ? AND day = ? AND hold_id = ?"
                        + " AND outcome <> 'measured' AND corrected_at IS NULL";
        var parameters =
                new Object[] {booking.tenantId(), booking.hold().day(), booking.hold().uuid()};
        var before =
                jdbc
                        .query(
                                "SELECT outcome, input_tokens, cached_input_tokens,"
                                        + " cache_write_tokens, cache_write_1h_tokens,"
                                        + " output_tokens, reasoning_tokens, cost_micros"
                                        + " FROM billing.usage"
                                        + key
                                        + " FOR NO KEY UPDATE",
                                UsageTable::before,
                                parameters)
                        .stream()
                        .findFirst();
        if (before.isPresent()) {
            rollBack(parameters, -1);
            var measured = String.join(", ", UsageColumns.MEASURED);
            jdbc.update(
                    "UPDATE billing.usage SET corrected_at = now(), ("
                            + measured
                            + ") = (SELECT "
                            + measured
                            + " FROM jsonb_populate_record(NULL::billing.usage, ?::jsonb))"
                            + " WHERE tenant_id = ? AND day = ? AND hold_id = ?",
                    json.writeValueAsString(booking.row()),
                    parameters[0],
                    parameters[1],
                    parameters[2]);
            rollBack(parameters, 1);
            events.publishEvent(
                    new UsageBooked(booking.tenantId(), List.of(booking.hold().uuid())));
        }
        return before;
    }

    private static Before before(ResultSet row, int number) throws SQLException {
        return new Before(
                row.getString(1),
                new TokenUsage(
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7)),
                new Credits(row.getLong(8)));
    }

    /** Takes a row out of its rollup (-1), or puts it in (1). */
    private void rollBack(Object[] key, int sign) {
        for (var unit : List.of("minute", "hour")) {
            var counted =
                    "SELECT date_trunc('"
                            + unit
                            + "', at, 'UTC'), tenant_id, key_uid, model, "
                            + sign
                            + ", CASE WHEN status >= 400 OR status = 0 THEN "
                            + sign
                            + " ELSE 0 END, CASE WHEN estimated THEN "
                            + sign
                            + " ELSE 0 END, "
                            + String.join(
                                    ", ",
                                    TOKENS.stream().map(column -> sign + " * " + column).toList())
                            + " FROM billing.usage WHERE tenant_id = ? AND day = ? AND hold_id = ?";
            jdbc.update(rollup(unit, counted), key);
        }
    }

    @Override
    public void reject(RejectedUsage rejected, String gateway) {
        jdbc.update(
                "INSERT INTO billing.usage_rejected (digest, hold_id, reason, record, gateway)"
                        + " VALUES (sha256(?), ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                rejected.record().toByteArray(),
                rejected.record().getHold().getHoldId().toByteArray(),
                rejected.reason().replace('\0', '\uFFFD'),
                rejected.record().toByteArray(),
                gateway);
    }
}
