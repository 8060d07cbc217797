package io.apihub.billing.usage;

import io.apihub.billing.usage.UsageAggregates.Bucket;
import io.apihub.billing.usage.UsageAggregates.Dimension;
import io.apihub.billing.usage.UsageAggregates.Grouping;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rolled-up usage to sum over, as a subquery with the instant {@code at}: hours where whole hours
 * of UTC fit the buckets, quarters of those that two buckets share, and minutes at the edges and
 * for everything else.
 */
final class RolledUsage {

    static final List<String> SUMS =
            List.of(
                    "requests",
                    "failed_requests",
                    "estimated_requests",
                    "input_tokens",
                    "cached_input_tokens",
                    "cache_write_tokens",
                    "cache_write_1h_tokens",
                    "output_tokens",
                    "reasoning_tokens",
                    "cost_micros");

    private final UsageFilter filter;
    private final boolean byUser;
    private String with = "";
    private final List<String> parts = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();

    private RolledUsage(UsageFilter filter, boolean byUser) {
        this.filter = filter;
        this.byUser = byUser;
    }

    /** What the filter is about; without both times, minutes alone. */
    static RolledUsage of(UsageFilter filter, Grouping grouping, Buckets buckets) {
        var rolled = new RolledUsage(filter, grouping.dimensions().contains(Dimension.USER));
        var from = filter.from();
        var to = filter.to();
        if (from == null || to == null || grouping.bucket() == Bucket.MINUTE) {
            rolled.minutes(from, to);
            return rolled;
        }
        var firstHour = from.plus(Duration.ofHours(1)).minusNanos(1).truncatedTo(ChronoUnit.HOURS);
        var endHour = to.truncatedTo(ChronoUnit.HOURS);
        if (!firstHour.isBefore(endHour)) {
            rolled.minutes(from, to);
            return rolled;
        }
        rolled.hours(firstHour, endHour, buckets.cuts(firstHour, endHour));
        if (from.isBefore(firstHour)) {
            rolled.minutes(from, firstHour);
        }
        if (endHour.isBefore(to)) {
            rolled.minutes(endHour, to);
        }
        return rolled;
    }

    private void hours(Instant from, Instant to, List<Instant> cuts) {
        var shared = SharedHours.of(filter, cuts);
        if (shared.hours().isEmpty()) {
            part("hour", "usage_hour", span("hour", from, to));
            return;
        }
        with = shared.with();
        parameters.addAll(shared.parameters());
        part(
                "hour",
                "usage_hour",
                span("hour", from, to)
                        .and("hour <> ALL (?::timestamptz[])", SharedHours.texts(shared.hours())));
        parts.addAll(shared.parts());
        parameters.addAll(shared.partParameters());
    }

    private void minutes(@Nullable Instant from, @Nullable Instant to) {
        var first = from == null ? null : from.truncatedTo(ChronoUnit.MINUTES);
        part("minute", "usage_minute", span("minute", first, to));
    }

    private Conditions span(String unit, @Nullable Instant from, @Nullable Instant to) {
        return new Conditions()
                .and("tenant_id = ?", filter.tenantId())
                .and("key_uid = ?", filter.keyUid())
                .and("model = ?", filter.model())
                .and(unit + " >= ?", at(from))
                .and(unit + " < ?", at(to));
    }

    private void part(String unit, String table, Conditions conditions) {
        parts.add(columns(unit) + " FROM billing." + table + conditions.sql());
        parameters.addAll(List.of(conditions.parameters()));
    }

    private static String columns(String unit) {
        return "SELECT " + unit + " AS at, tenant_id, key_uid, model, " + String.join(", ", SUMS);
    }

    private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    String sql() {
        return "("
                + with
                + String.join(" UNION ALL ", parts)
                + ") rolled"
                + (byUser ? " LEFT JOIN billing.key_maker USING (key_uid)" : "");
    }

    /** The subquery's parameters and then these. */
    Object[] parameters(Object... more) {
        var all = new ArrayList<>(parameters);
        all.addAll(List.of(more));
        return all.toArray();
    }
}
