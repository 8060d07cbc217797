package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads usage, record by record. */
@Component
public class UsageReports {

    private final JdbcTemplate jdbc;

    UsageReports(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Records, newest first.
     *
     * @param before only what is older than this hold
     * @param limit at most so many
     */
    public List<UsageEntry> records(UsageFilter filter, @Nullable UUID before, int limit) {
        // Hold ids carry their milliseconds, so one index serves time, order and cursor.
        var conditions =
                new Conditions()
                        .and("tenant_id = ?", filter.tenantId())
                        .and("key_uid = ?", filter.keyUid())
                        .and("model = ?", filter.model())
                        .and("hold_id >= ?", floor(filter.from()))
                        .and("day >= ?", day(filter.from()))
                        .and("hold_id < ?", floor(filter.to()))
                        .and("day <= ?", day(filter.to()))
                        .and("hold_id < ?", before);
        return jdbc.query(
                "SELECT * FROM billing.usage" + conditions.sql() + " ORDER BY hold_id DESC LIMIT ?",
                (row, number) -> entry(row),
                conditions.parameters(limit));
    }

    private static @Nullable UUID floor(@Nullable Instant instant) {
        return instant == null ? null : new UUID(instant.toEpochMilli() << 16, 0);
    }

    private static @Nullable LocalDate day(@Nullable Instant instant) {
        return instant == null ? null : LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    private static UsageEntry entry(ResultSet row) throws SQLException {
        var at = row.getObject("at", OffsetDateTime.class).toInstant();
        return new UsageEntry(
                row.getObject("hold_id", UUID.class),
                at,
                new UsageEntry.Subject(
                        row.getObject("tenant_id", UUID.class),
                        row.getObject("key_uid", UUID.class),
                        row.getLong("key_id")),
                call(row),
                new TokenUsage(
                        row.getLong("input_tokens"),
                        row.getLong("cached_input_tokens"),
                        row.getLong("cache_write_tokens"),
                        row.getLong("cache_write_1h_tokens"),
                        row.getLong("output_tokens"),
                        row.getLong("reasoning_tokens")),
                cost(row),
                new UsageEntry.Timing(
                        instant(row, "started_at"),
                        instant(row, "first_byte_at"),
                        instant(row, "finished_at"),
                        row.getLong("request_bytes"),
                        row.getLong("response_bytes")));
    }

    private static UsageEntry.Call call(ResultSet row) throws SQLException {
        return new UsageEntry.Call(
                row.getString("dialect"),
                row.getString("model"),
                row.getString("model_served"),
                row.getString("upstream"),
                row.getBoolean("stream"),
                row.getString("outcome"),
                row.getBoolean("estimated"),
                row.getInt("status"),
                row.getString("client_address"),
                row.getString("request_id"),
                row.getString("upstream_request_id"),
                row.getString("note"));
    }

    private static UsageEntry.Cost cost(ResultSet row) throws SQLException {
        return new UsageEntry.Cost(
                row.getBigDecimal("input_cost"),
                row.getBigDecimal("cached_input_cost"),
                row.getBigDecimal("cache_write_cost"),
                row.getBigDecimal("cache_write_1h_cost"),
                row.getBigDecimal("output_cost"),
                row.getBigDecimal("request_cost"),
                row.getBigDecimal("rounding"),
                new Credits(row.getLong("cost_micros")),
                new Credits(row.getLong("overage_micros")),
                row.getBoolean("unmetered"),
                row.getLong("price_version"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
