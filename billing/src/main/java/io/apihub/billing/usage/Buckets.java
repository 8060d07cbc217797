package io.apihub.billing.usage;

import io.apihub.billing.budget.Window;
import io.apihub.billing.usage.UsageAggregates.Bucket;
import io.apihub.billing.usage.UsageAggregates.Grouping;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The column {@code bucket} of sums. Days and longer are found in a list of their beginnings, which
 * costs a row a tenth of what a zone's calendar does. The list is read in a query of its own, once
 * and not for each row.
 *
 * @param starts of all buckets in order; null where the database is to find them
 */
record Buckets(String sql, @Nullable List<Instant> starts) {

    static Buckets of(UsageFilter filter, Grouping grouping) {
        var from = filter.from();
        var to = filter.to();
        var window = window(grouping.bucket());
        if (window == null || from == null || to == null) {
            return new Buckets(
                    "date_trunc('"
                            + grouping.bucket().name().toLowerCase(Locale.ROOT)
                            + "', at, '"
                            + grouping.zone().getId()
                            + "')",
                    null);
        }
        return new Buckets(
                "width_bucket(at, (SELECT ?::timestamptz[]))",
                starts(window, grouping.zone(), from, to));
    }

    private static @Nullable Window window(Bucket bucket) {
        return switch (bucket) {
            case MINUTE, HOUR -> null;
            case DAY -> Window.DAY;
            case WEEK -> Window.WEEK;
            case MONTH -> Window.MONTH;
        };
    }

    private static List<Instant> starts(Window window, ZoneId zone, Instant from, Instant to) {
        var starts = new ArrayList<Instant>();
        var span = window.around(from.toEpochMilli(), zone);
        while (span.startMillis() < to.toEpochMilli() || starts.isEmpty()) {
            starts.add(Instant.ofEpochMilli(span.startMillis()));
            span = window.around(span.endMillis(), zone);
        }
        return starts;
    }

    Object[] parameters() {
        return starts == null
                ? new Object[0]
                : new Object[] {
                    starts.stream()
                            .map(start -> start.atOffset(ZoneOffset.UTC).toString())
                            .toArray(String[]::new)
                };
    }

    /** The hours of UTC that belong to two buckets, as those of India and Nepal do. */
    List<Instant> cutHours() {
        return starts == null
                ? List.of()
                : starts.stream()
                        .filter(start -> !start.truncatedTo(ChronoUnit.HOURS).equals(start))
                        .map(start -> start.truncatedTo(ChronoUnit.HOURS))
                        .toList();
    }

    /** When the bucket of a row begins. */
    Instant start(ResultSet row) throws SQLException {
        return starts == null
                ? row.getObject("bucket", OffsetDateTime.class).toInstant()
                : starts.get(Math.max(1, row.getInt("bucket")) - 1);
    }
}
