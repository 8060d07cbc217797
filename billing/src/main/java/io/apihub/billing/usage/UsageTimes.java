package io.apihub.billing.usage;

import io.apihub.billing.usage.UsageAggregates.Bucket;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** How long requests took, and what went wrong, from the records themselves. */
@Component
public class UsageTimes {

    /** Records looked at, the newest first; so many take a quarter of a second. */
    public static final int MOST = 200_000;

    private final JdbcTemplate jdbc;

    UsageTimes(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Percentiles of one group, in whole milliseconds, exact over the records looked at.
     *
     * @param model null if models are not told apart
     * @param oldest when the first request of it was, so that a span cut at {@link #MOST} shows
     * @param firstByte 50, 95 and 99 of 100; empty if no request had a first byte
     * @param whole the same, to the end of the answer
     */
    public record Times(
            Instant bucket,
            @Nullable String model,
            long requests,
            Instant oldest,
            List<Long> firstByte,
            List<Long> whole) {

        public Times {
            firstByte = List.copyOf(firstByte);
            whole = List.copyOf(whole);
        }
    }

    /** Times by bucket, and by model if asked for; requests that failed are not among them. */
    public List<Times> times(UsageFilter filter, Bucket bucket, ZoneId zone, boolean byModel) {
        var conditions = RecordConditions.of(filter).and("outcome <> ?", "voided");
        return jdbc.query(
                "SELECT date_trunc('"
                        + bucket.name().toLowerCase(Locale.ROOT)
                        + "', at, '"
                        + zone.getId()
                        + "') AS bucket, "
                        + (byModel ? "model" : "NULL::text")
                        + " AS model, count(*) AS requests, min(at) AS oldest, "
                        + percentiles("first_byte_at")
                        + " AS first_byte, "
                        + percentiles("finished_at")
                        + " AS whole FROM (SELECT at, model, started_at, first_byte_at,"
                        + " finished_at FROM billing.usage"
                        + conditions.sql()
                        + " AND status BETWEEN 200 AND 399 ORDER BY day DESC, hold_id DESC LIMIT "
                        + MOST
                        + ") u GROUP BY 1, 2 ORDER BY 1, 2",
                (row, number) -> times(row),
                conditions.parameters());
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
                row.getObject("oldest", OffsetDateTime.class).toInstant(),
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
