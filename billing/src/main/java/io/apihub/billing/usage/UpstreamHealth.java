package io.apihub.billing.usage;

import io.apihub.model.usage.Notes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** How Upstreams answered lately, by the records of all tenants. */
@Component
public class UpstreamHealth {

    /** Records looked at, the newest first; so many take a tenth of a second. */
    public static final int MOST = 100_000;

    private static final String ANSWERS =
            "SELECT upstream, count(*) AS requests, count(*) FILTER (WHERE ours) AS ours,"
                    + " count(*) FILTER (WHERE status BETWEEN 1 AND 399) AS answered,"
                    + " count(*) FILTER (WHERE status BETWEEN 400 AND 499) AS refused,"
                    + " count(*) FILTER (WHERE failed) AS failed,"
                    + " max(at) FILTER (WHERE status BETWEEN 1 AND 399) AS last_answered,"
                    + " max(at) FILTER (WHERE failed) AS last_failed"
                    + " FROM (SELECT *, (status = 0 OR status >= 500) AND NOT ours AS failed"
                    + " FROM (SELECT *, note = ? AS ours FROM (%s) newest) told) answers"
                    + " GROUP BY upstream ORDER BY upstream";

    private final JdbcTemplate jdbc;
    private final NewestOfAll newest;

    UpstreamHealth(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        this.newest = new NewestOfAll(jdbc);
    }

    /**
     * How one Upstream answered.
     *
     * @param answered with a status below 400
     * @param refused with 400 to 499
     * @param failed with 500 or more, or not at all
     * @param credentialRefused our own credential was refused, which clients saw as 502: renew what
     *     the Upstream's {@code credential} names
     * @param lastAnswered when the latest request that was answered so was checked; null if none
     * @param lastFailed the same of those that failed
     */
    public record Answers(
            String upstream,
            long requests,
            long answered,
            long refused,
            long failed,
            long credentialRefused,
            @Nullable Instant lastAnswered,
            @Nullable Instant lastFailed) {}

    /** Of requests that were checked at an instant or later, by name of the Upstream. */
    public List<Answers> since(Instant since) {
        return newest.read(
                new UsageFilter(null, null, null, since, null),
                null,
                MOST,
                this::in,
                answers -> answers.stream().mapToLong(Answers::requests).sum());
    }

    private List<Answers> in(UsageFilter span) {
        var records =
                NewestOfAll.query(
                        "upstream, status, at, note",
                        span,
                        RecordConditions.of(span).and("upstream <> ?", ""),
                        MOST);
        return jdbc.query(
                records.within(ANSWERS, Notes.CREDENTIAL_REFUSED), (row, number) -> answers(row));
    }

    private static Answers answers(ResultSet row) throws SQLException {
        return new Answers(
                row.getString("upstream"),
                row.getLong("requests"),
                row.getLong("answered"),
                row.getLong("refused"),
                row.getLong("failed"),
                row.getLong("ours"),
                instant(row, "last_answered"),
                instant(row, "last_failed"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
