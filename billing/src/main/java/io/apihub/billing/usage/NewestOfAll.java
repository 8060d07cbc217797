package io.apihub.billing.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The newest records of all tenants. An index in which they stand together would have to be written
 * for each request, and is asked for by an administrator now and then. So the last second is looked
 * at first, and then longer spans until one has enough; sums tell whose records there are in a
 * span, and each of those tenants costs one look at the key.
 */
final class NewestOfAll {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final int WIDER = 8;

    /** In longer spans the sums of hours tell whose records there are. */
    private static final Duration MINUTES = Duration.ofHours(2);

    private final JdbcTemplate jdbc;

    NewestOfAll(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Reads a span that ends where the filter's does and has enough records, or all there are.
     *
     * @param before only what is older than this hold
     * @param read what to do with the filter of a span
     * @param size how many records it found
     */
    <T> T read(
            UsageFilter filter,
            @Nullable UUID before,
            int wanted,
            Function<UsageFilter, T> read,
            ToLongFunction<T> size) {
        var end = end(filter.to(), before);
        var all = bounds(filter.from(), end);
        if (all == null) {
            return read.apply(filter.within(end, end));
        }
        long millis = FIRST.toMillis();
        while (true) {
            var from = all.end().minusMillis(millis);
            boolean whole = !from.isAfter(all.first());
            var found = read.apply(filter.within(whole ? all.first() : from, end));
            long count = size.applyAsLong(found);
            if (whole || count >= wanted) {
                return found;
            }
            millis *= count == 0 ? WIDER : Math.clamp(5L * wanted / (4 * count), 2, WIDER);
        }
    }

    private static Instant end(@Nullable Instant to, @Nullable UUID before) {
        var end = to == null ? Instant.ofEpochMilli(1L << 47) : to;
        if (before == null) {
            return end;
        }
        var hold = Instant.ofEpochMilli((before.getMostSignificantBits() >>> 16) + 1);
        return hold.isBefore(end) ? hold : end;
    }

    private record Bounds(Instant first, Instant end) {}

    /** From where to where there is anything at all; null if there is nothing. */
    private @Nullable Bounds bounds(@Nullable Instant from, Instant end) {
        var conditions =
                new Conditions()
                        .and("minute >= ?", from == null ? null : at(minute(from)))
                        .and("minute < ?", at(end));
        return jdbc.query(
                "SELECT min(minute), max(minute) FROM billing.usage_minute" + conditions.sql(),
                row -> {
                    row.next();
                    var first = row.getObject(1, OffsetDateTime.class);
                    var last = row.getObject(2, OffsetDateTime.class);
                    if (first == null || last == null) {
                        return null;
                    }
                    var oldest = first.toInstant();
                    var newest = last.toInstant().plus(Duration.ofMinutes(1));
                    return new Bounds(
                            from == null || oldest.isAfter(from) ? oldest : from,
                            newest.isBefore(end) ? newest : end);
                },
                conditions.parameters());
    }

    /**
     * A query of records of all tenants in a span, the newest first.
     *
     * @param filter with both times, and no tenant
     * @param conditions on the records, those of the filter among them
     */
    static FreshPlan query(String select, UsageFilter filter, Conditions conditions, int limit) {
        var from = filter.from();
        var to = filter.to();
        if (from == null || to == null) {
            throw new IllegalArgumentException("a span without an end");
        }
        boolean hours = Duration.between(from, to).compareTo(MINUTES) > 0;
        var unit = hours ? "hour" : "minute";
        var whose =
                new Conditions()
                        .and("key_uid = ?", filter.keyUid())
                        .and("model = ?", filter.model())
                        .and(unit + " >= ?", at(hours ? hour(from) : minute(from)))
                        .and(unit + " < ?", at(to));
        var parameters = new ArrayList<Object>(List.of(whose.parameters()));
        parameters.addAll(List.of(conditions.parameters(limit, limit)));
        return new FreshPlan(
                "SELECT "
                        + select
                        + " FROM (SELECT DISTINCT tenant_id FROM billing.usage_"
                        + unit
                        + whose.sql()
                        + ") whose CROSS JOIN LATERAL (SELECT * FROM billing.usage"
                        + conditions.sql()
                        + " AND tenant_id = whose.tenant_id ORDER BY day DESC, hold_id DESC"
                        + " LIMIT ?) newest ORDER BY hold_id DESC LIMIT ?",
                parameters.toArray());
    }

    private static Instant minute(Instant at) {
        return at.truncatedTo(ChronoUnit.MINUTES);
    }

    private static Instant hour(Instant at) {
        return at.truncatedTo(ChronoUnit.HOURS);
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
