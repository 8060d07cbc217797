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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The column {@code bucket} of sums. Days and longer are found in a list of their beginnings, which
 * costs a row a tenth of what a zone's calendar does. The list is read in a query of its own, once
 * and not for each row.
 *
 * @param starts of all buckets in order; null where the database is to find them
 */
record Buckets(String sql, ZoneId zone, @Nullable List<Instant> starts) {

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
                    grouping.zone(),
                    null);
        }
        return new Buckets(
                "width_bucket(at, (SELECT ?::timestamptz[]))",
                grouping.zone(),
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

    /** Where buckets begin within hours of UTC of a span, as those of India and Nepal do. */
    List<Instant> cuts(Instant from, Instant to) {
        return (starts == null ? hours(from, to) : starts.stream())
                .filter(start -> !start.truncatedTo(ChronoUnit.HOURS).equals(start))
                .filter(start -> !start.isBefore(from) && start.isBefore(to))
                .toList();
    }

    /** The zone's hours, of which one begins in each of UTC. */
    private Stream<Instant> hours(Instant from, Instant to) {
        var rules = zone.getRules();
        return Stream.iterate(
                        from, hour -> hour.isBefore(to), hour -> hour.plus(1, ChronoUnit.HOURS))
                .flatMap(hour ->
                        Stream.of(hour, hour.plusSeconds(3_599))
                                .map(at -> cut(hour, rules.getOffset(at)))
                                .distinct());
    }

    private static Instant cut(Instant hour, ZoneOffset offset) {
        return hour.plusSeconds(Math.floorMod(-offset.getTotalSeconds(), 3_600));
    }

    /** When the bucket of a row begins. */
    Instant start(ResultSet row) throws SQLException {
        return starts == null
                ? row.getObject("bucket", OffsetDateTime.class).toInstant()
                : starts.get(Math.max(1, row.getInt("bucket")) - 1);
    }
}
