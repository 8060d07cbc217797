package io.apihub.billing.usage;

import static java.time.temporal.ChronoUnit.HOURS;

import io.apihub.billing.usage.UsageAggregates.Bucket;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** How long requests took, and what went wrong, from the records themselves. */
@Component
public class UsageTimes {

    /**
     * Records looked at, about: of a span with more, the records of so many of its moments. So many
     * take half a second.
     */
    private static final int MOST = 200_000;

    private final JdbcTemplate jdbc;

    UsageTimes(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Percentiles of one group, in whole milliseconds, exact over the records looked at.
     *
     * @param model null if models are not told apart
     * @param requests that were looked at
     * @param firstByte 50, 95 and 99 of 100; empty if no request had a first byte
     * @param whole the same, to the end of the answer
     */
    public record Times(
            Instant bucket,
            @Nullable String model,
            long requests,
            List<Long> firstByte,
            List<Long> whole) {

        public Times {
            firstByte = List.copyOf(firstByte);
            whole = List.copyOf(whole);
        }
    }

    /**
     * All groups of a span.
     *
     * @param millionths of the span that were looked at, above 0; a million is all of it
     */
    public record Sampled(long millionths, List<Times> groups) {

        public Sampled {
            groups = List.copyOf(groups);
        }

        public boolean isWhole() {
            return millionths == Slices.WHOLE;
        }
    }

    /**
     * Times by bucket, and by model if asked for; requests that failed are not among them.
     *
     * @param filter with both times
     */
    public Sampled times(UsageFilter filter, Bucket bucket, ZoneId zone, boolean byModel) {
        return times(filter, new Groups(bucket, zone, byModel), MOST);
    }

    /** How times are grouped. */
    record Groups(Bucket bucket, ZoneId zone, boolean byModel) {

        private String sql() {
            return "date_trunc('"
                    + bucket.name().toLowerCase(Locale.ROOT)
                    + "', at, '"
                    + zone.getId()
                    + "') AS bucket, "
                    + (byModel ? "model" : "NULL::text")
                    + " AS model";
        }
    }

    Sampled times(UsageFilter filter, Groups groups, int most) {
        var from = Objects.requireNonNull(filter.from(), "from");
        var to = Objects.requireNonNull(filter.to(), "to");
        var slices = Slices.of(from, to, requests(filter.tenantId(), from, to), most);
        var conditions =
                RecordConditions.of(filter.withoutSpan())
                        .and("outcome <> ?", "voided")
                        .and("status >= ?", 200)
                        .and("status < ?", 400);
        var parameters = new ArrayList<>(slices.parameters());
        parameters.addAll(List.of(conditions.parameters(2 * most, 2 * most)));
        // The inner LIMIT keeps each slice one look at the index: without it the planner joins by
        // day and reads all partitions. Both bound what a crowd in a slice can cost.
        var query =
                new FreshPlan(
                        "SELECT "
                                + groups.sql()
                                + ", count(*) AS requests, "
                                + percentiles("first_byte_at")
                                + " AS first_byte, "
                                + percentiles("finished_at")
                                + " AS whole FROM (SELECT u.* FROM unnest(?::date[], ?::uuid[],"
                                + " ?::uuid[]) AS slice (of_day, first, ending) CROSS JOIN LATERAL"
                                + " (SELECT at, model, started_at, first_byte_at, finished_at"
                                + " FROM billing.usage"
                                + conditions.sql()
                                + " AND day = of_day AND hold_id >= first AND hold_id < ending"
                                + " LIMIT ?) u LIMIT ?) u GROUP BY 1, 2 ORDER BY 1, 2",
                        parameters.toArray());
        return new Sampled(slices.millionths(), jdbc.query(query, (row, number) -> times(row)));
    }

    /** About: whole hours, and those that failed too. Whatever is filtered, all has to be read. */
    private long requests(@Nullable UUID tenant, Instant from, Instant to) {
        var conditions =
                new Conditions()
                        .and("tenant_id = ?", tenant)
                        .and("hour >= ?", from.truncatedTo(HOURS).atOffset(ZoneOffset.UTC))
                        .and("hour < ?", to.atOffset(ZoneOffset.UTC));
        var sum =
                jdbc.queryForObject(
                        "SELECT coalesce(sum(requests), 0)::bigint FROM billing.usage_hour"
                                + conditions.sql(),
                        Long.class,
                        conditions.parameters());
        return Objects.requireNonNull(sum);
    }

    private static String percentiles(String end) {
        return "percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY (extract(epoch FROM "
                + end
                + " - started_at) * 1000)::bigint)";
    }

    private static Times times(ResultSet row) throws SQLException {
        return new Times(
                row.getObject("bucket", OffsetDateTime.class).toInstant(),
                row.getString("model"),
                row.getLong("requests"),
                longs(row, "first_byte"),
                longs(row, "whole"));
    }

    private static List<Long> longs(ResultSet row, String column) throws SQLException {
        var array = row.getArray(column);
        return array == null ? List.of() : Arrays.asList((Long[]) array.getArray());
    }

    /**
     * What went wrong, so often.
     *
     * @param outcome as records have it
     * @param status of the answer; 0 if there was none
     */
    public record Failure(String outcome, int status, String model, long requests) {}

    /** What failed, was cut short or could not be measured, the most frequent first. */
    public List<Failure> failures(UsageFilter filter, int limit) {
        var conditions = RecordConditions.of(filter);
        return jdbc.query(
                "SELECT outcome, status, model, count(*) AS requests FROM (SELECT outcome, status,"
                        + " model FROM billing.usage"
                        + conditions.sql()
                        + " AND (status >= 400 OR status = 0 OR outcome <> 'measured')"
                        + " ORDER BY hold_id DESC LIMIT "
                        + MOST
                        + ") u GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT ?",
                (row, number) ->
                        new Failure(
                                row.getString("outcome"),
                                row.getInt("status"),
                                row.getString("model"),
                                row.getLong("requests")),
                conditions.parameters(limit));
    }
}
