package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads usage, record by record. */
@Component
public class UsageReports {

    private final JdbcTemplate jdbc;
    private final NewestOfAll newest;

    UsageReports(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        this.newest = new NewestOfAll(jdbc);
    }

    /**
     * Records, newest first.
     *
     * @param before only what is older than this hold
     * @param limit at most so many
     */
    public List<UsageEntry> records(UsageFilter filter, @Nullable UUID before, int limit) {
        if (filter.tenantId() == null) {
            return newest.read(
                    filter, before, limit, span -> ofAll(span, before, limit), List::size);
        }
        // A hold's id carries its milliseconds and so its day: both orders are the same, but the
        // index gives only this one.
        var conditions = conditions(filter, before);
        return jdbc.query(
                "SELECT * FROM billing.usage"
                        + conditions.sql()
                        + " ORDER BY day DESC, hold_id DESC LIMIT ?",
                (row, number) -> entry(row),
                conditions.parameters(limit));
    }

    private List<UsageEntry> ofAll(UsageFilter span, @Nullable UUID before, int limit) {
        return jdbc.query(
                NewestOfAll.query("newest.*", span, conditions(span, before), limit),
                (row, number) -> entry(row));
    }

    private static Conditions conditions(UsageFilter filter, @Nullable UUID before) {
        return RecordConditions.of(filter)
                .and("hold_id < ?", before)
                .and("day <= ?", before == null ? null : day(before));
    }

    /**
     * Records in the order in which they were written.
     *
     * @param last when the last one was; null if there is none
     */
    public record Written(List<UsageEntry> entries, @Nullable Instant last) {
        public Written {
            entries = List.copyOf(entries);
        }
    }

    /** Records of one tenant by their holds; what is not there is left out. */
    public Written written(UUID tenant, Collection<UUID> holds) {
        return written(
                "day = ANY (?::date[]) AND hold_id = ANY (?)",
                tenant,
                holds.stream().map(id -> day(id).toString()).distinct().toArray(String[]::new),
                holds.toArray(UUID[]::new),
                holds.size());
    }

    /**
     * Records of one tenant that were written at an instant or later; of the last few days, for
     * what is older and late nobody waits.
     *
     * @param limit at most so many
     */
    public Written written(UUID tenant, Instant since, int limit) {
        return written(
                "recorded_at >= ? AND day >= ?",
                tenant,
                since.atOffset(ZoneOffset.UTC),
                LocalDate.ofInstant(since, ZoneOffset.UTC).minusDays(2),
                limit);
    }

    private Written written(String condition, UUID tenant, Object first, Object second, int limit) {
        var last = new AtomicReference<@Nullable Instant>();
        var entries =
                jdbc.query(
                        "SELECT * FROM billing.usage WHERE tenant_id = ? AND "
                                + condition
                                + " ORDER BY recorded_at, hold_id LIMIT ?",
                        (row, number) -> {
                            last.set(instant(row, "recorded_at"));
                            return entry(row);
                        },
                        tenant,
                        first,
                        second,
                        limit);
        return new Written(entries, last.get());
    }

    /** The day of a hold, UTC. */
    private static LocalDate day(UUID hold) {
        return LocalDate.ofInstant(
                Instant.ofEpochMilli(hold.getMostSignificantBits() >>> 16), ZoneOffset.UTC);
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
