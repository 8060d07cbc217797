package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Sums of usage by time, from the rollup that is written with the records. */
@Component
public class UsageAggregates {

    private final JdbcTemplate jdbc;

    UsageAggregates(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Width of a bucket. */
    public enum Bucket {
        MINUTE,
        HOUR,
        DAY
    }

    /** What else than time a row stands for. */
    public enum Dimension {
        TENANT("tenant_id"),
        KEY("key_uid"),
        MODEL("model");

        private final String column;

        Dimension(String column) {
            this.column = column;
        }
    }

    /**
     * How to sum.
     *
     * @param zone whose hours and days the buckets are
     */
    public record Grouping(Bucket bucket, Set<Dimension> dimensions, ZoneId zone) {

        public Grouping {
            dimensions = Set.copyOf(dimensions);
        }

        private String column(Dimension dimension) {
            return dimensions.contains(dimension) ? dimension.column : "NULL";
        }
    }

    /** One sum; a dimension that was not asked for is null. */
    public record Sum(
            Instant bucket,
            @Nullable UUID tenantId,
            @Nullable UUID keyUid,
            @Nullable String model,
            long requests,
            long failedRequests,
            long estimatedRequests,
            long inputTokens,
            long cachedInputTokens,
            long cacheWriteTokens,
            long cacheWrite1hTokens,
            long outputTokens,
            long reasoningTokens,
            Credits cost) {}

    /**
     * Sums in the order of time, then tenant, key and model.
     *
     * @param filter its times are taken in whole minutes
     * @param limit at most so many rows
     */
    public List<Sum> sums(UsageFilter filter, Grouping grouping, int limit) {
        var conditions =
                new Conditions()
                        .and("tenant_id = ?", filter.tenantId())
                        .and("key_uid = ?", filter.keyUid())
                        .and("model = ?", filter.model())
                        .and("minute >= date_trunc('minute', ?::timestamptz)", at(filter.from()))
                        .and("minute < ?", at(filter.to()));
        var bucket =
                "date_trunc('"
                        + grouping.bucket().name().toLowerCase(Locale.ROOT)
                        + "', minute, '"
                        + grouping.zone().getId()
                        + "')";
        return jdbc.query(
                "SELECT "
                        + bucket
                        + " AS bucket, "
                        + grouping.column(Dimension.TENANT)
                        + "::uuid AS tenant_id, "
                        + grouping.column(Dimension.KEY)
                        + "::uuid AS key_uid, "
                        + grouping.column(Dimension.MODEL)
                        + "::text AS model, sum(requests) AS requests,"
                        + " sum(failed_requests) AS failed_requests,"
                        + " sum(estimated_requests) AS estimated_requests,"
                        + " sum(input_tokens) AS input_tokens,"
                        + " sum(cached_input_tokens) AS cached_input_tokens,"
                        + " sum(cache_write_tokens) AS cache_write_tokens,"
                        + " sum(cache_write_1h_tokens) AS cache_write_1h_tokens,"
                        + " sum(output_tokens) AS output_tokens,"
                        + " sum(reasoning_tokens) AS reasoning_tokens,"
                        + " sum(cost_micros) AS cost_micros FROM billing.usage_minute"
                        + conditions.sql()
                        + " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT ?",
                (row, number) -> sum(row),
                conditions.parameters(limit));
    }

    private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static Sum sum(ResultSet row) throws SQLException {
        return new Sum(
                row.getObject("bucket", OffsetDateTime.class).toInstant(),
                row.getObject("tenant_id", UUID.class),
                row.getObject("key_uid", UUID.class),
                row.getString("model"),
                row.getLong("requests"),
                row.getLong("failed_requests"),
                row.getLong("estimated_requests"),
                row.getLong("input_tokens"),
                row.getLong("cached_input_tokens"),
                row.getLong("cache_write_tokens"),
                row.getLong("cache_write_1h_tokens"),
                row.getLong("output_tokens"),
                row.getLong("reasoning_tokens"),
                new Credits(row.getLong("cost_micros")));
    }
}
