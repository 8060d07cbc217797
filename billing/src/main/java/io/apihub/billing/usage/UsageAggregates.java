package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        DAY,
        /** From Monday. */
        WEEK,
        MONTH
    }

    /** What else than time a row stands for. */
    public enum Dimension {
        TENANT("tenant_id", "2"),
        KEY("key_uid", "3"),
        MODEL("model", "4"),
        /** Who made the key, where billing knows; else null. */
        USER("maker", "5");

        private final String column;
        private final String position;

        Dimension(String column, String position) {
            this.column = column;
            this.position = position;
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

        /**
         * Where the columns stand that tell rows apart, after the bucket; a null that is the same
         * in each row would only be hashed and compared.
         */
        private Stream<String> positions() {
            return dimensions.stream().sorted().map(dimension -> dimension.position);
        }
    }

    /** One sum; a dimension that was not asked for is null. */
    public record Sum(
            Instant bucket,
            @Nullable UUID tenantId,
            @Nullable UUID keyUid,
            @Nullable String model,
            @Nullable String user,
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

    /** By what the keys or models that are at the top are found. */
    public enum Order {
        COST("cost_micros"),
        REQUESTS("requests"),
        TOKENS(
                "input_tokens + cached_input_tokens + cache_write_tokens + cache_write_1h_tokens"
                        + " + output_tokens");

        private final String columns;

        Order(String columns) {
            this.columns = columns;
        }
    }

    /**
     * Sums in the order of time, then tenant, key, model and user.
     *
     * @param filter its times are taken in whole minutes; its traits are not looked at
     * @param limit at most so many rows
     */
    public List<Sum> sums(UsageFilter filter, Grouping grouping, int limit) {
        var buckets = Buckets.of(filter, grouping);
        var rolled = RolledUsage.of(filter, grouping, buckets);
        var groups =
                Stream.concat(Stream.of("1"), grouping.positions())
                        .collect(Collectors.joining(", "));
        var query =
                new FreshPlan(
                        "SELECT "
                                + columns(buckets.sql(), grouping)
                                + " FROM "
                                + rolled.sql()
                                + " GROUP BY "
                                + groups
                                + " ORDER BY "
                                + groups
                                + " LIMIT ?",
                        Stream.of(buckets.parameters(), rolled.parameters(limit))
                                .flatMap(Arrays::stream)
                                .toArray());
        return jdbc.query(query, (row, number) -> sum(row, buckets.start(row)));
    }

    /**
     * The largest sums of one dimension over the whole span, which begins each of them.
     *
     * @param limit at most so many
     */
    public List<Sum> top(UsageFilter filter, Dimension dimension, Order order, int limit) {
        var grouping = new Grouping(Bucket.MONTH, Set.of(dimension), ZoneOffset.UTC);
        var rolled = RolledUsage.of(filter, grouping, Buckets.of(filter, grouping));
        var group = grouping.positions().collect(Collectors.joining());
        var query =
                new FreshPlan(
                        "SELECT "
                                + columns("min(at)", grouping)
                                + " FROM "
                                + rolled.sql()
                                + " GROUP BY "
                                + group
                                + " ORDER BY sum("
                                + order.columns
                                + ") DESC, "
                                + group
                                + " LIMIT ?",
                        rolled.parameters(limit));
        return jdbc.query(
                query,
                (row, number) ->
                        sum(row, row.getObject("bucket", OffsetDateTime.class).toInstant()));
    }

    private static String columns(String bucket, Grouping grouping) {
        return bucket
                + " AS bucket, "
                + grouping.column(Dimension.TENANT)
                + "::uuid AS tenant_id, "
                + grouping.column(Dimension.KEY)
                + "::uuid AS key_uid, "
                + grouping.column(Dimension.MODEL)
                + "::text AS model, "
                + grouping.column(Dimension.USER)
                + "::text AS maker, "
                + RolledUsage.SUMS.stream()
                        .map(column -> "sum(" + column + ")::bigint AS " + column)
                        .collect(Collectors.joining(", "));
    }

    private static Sum sum(ResultSet row, Instant bucket) throws SQLException {
        return new Sum(
                bucket,
                row.getObject("tenant_id", UUID.class),
                row.getObject("key_uid", UUID.class),
                row.getString("model"),
                row.getString("maker"),
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
