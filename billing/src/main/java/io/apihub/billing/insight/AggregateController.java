package io.apihub.billing.insight;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.usage.UsageAggregates;
import io.apihub.billing.usage.UsageAggregates.Dimension;
import io.apihub.billing.usage.UsageAggregates.Grouping;
import io.apihub.billing.usage.UsageAggregates.Order;
import io.apihub.billing.usage.UsageFilter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Usage, summed. */
@RestController
@Tag(name = "Usage")
class AggregateController {

    private static final Duration DEFAULT_SPAN = Duration.ofDays(1);
    private static final int MAX_ROWS = 10_000;
    private static final int MAX_TOP = 100;
    private static final Set<Dimension> ALL = EnumSet.allOf(Dimension.class);
    private static final Set<Dimension> OF_TENANT =
            EnumSet.of(Dimension.KEY, Dimension.MODEL, Dimension.USER);

    private final UsageFilters filters;
    private final UsageAggregates aggregates;
    private final AggregateViews views;

    AggregateController(UsageFilters filters, UsageAggregates aggregates, AggregateViews views) {
        this.filters = filters;
        this.aggregates = aggregates;
        this.views = views;
    }

    /** The sums in the order of time, with the span that they cover. */
    record Aggregates(
            Instant from, Instant to, String bucket, String timeZone, List<Aggregate> items) {}

    @Operation(
            summary = "Usage by time, summed by model, key, user and tenant",
            description =
                    "Of the last day where no times are given; of 92 days at most, or of 400 where"
                            + " a tenant is named.")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/usage/aggregates")
    Aggregates aggregates(
            @ParameterObject UsageQuery query,
            @Parameter(
                            description =
                                    "minute (for seven days at most), hour, day, week (from Monday)"
                                            + " or month")
                    @RequestParam(defaultValue = "hour")
                    String bucket,
            @Parameter(
                            description =
                                    "Any of tenant, key, model and user (who made the key), by commas;"
                                            + " empty: time only;"
                                            + " absent: key,model")
                    @RequestParam(required = false)
                    @Nullable String groupBy,
            @Parameter(description = "Whose hours and days, such as Asia/Shanghai")
                    @RequestParam(defaultValue = "UTC")
                    String timeZone) {
        var filter = filters.filter(query, DEFAULT_SPAN);
        var grouping =
                new Grouping(
                        Groupings.bucket(bucket, filter),
                        Groupings.dimensions(groupBy == null ? "key,model" : groupBy, ALL),
                        Groupings.zone(timeZone));
        return sums(filter, grouping, bucket);
    }

    @Operation(summary = "A tenant's usage by time, summed by model, key and user")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/usage/aggregates")
    Aggregates ofTenant(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @ParameterObject SpanQuery query,
            @Parameter(
                            description =
                                    "minute (for seven days at most), hour, day, week (from Monday)"
                                            + " or month")
                    @RequestParam(defaultValue = "hour")
                    String bucket,
            @Parameter(
                            description =
                                    "Any of key, model and user (who made the key), by commas;"
                                            + " empty: time only; absent:"
                                            + " key,model")
                    @RequestParam(required = false)
                    @Nullable String groupBy,
            @Parameter(description = "Whose hours and days, such as Asia/Shanghai")
                    @RequestParam(defaultValue = "UTC")
                    String timeZone) {
        var filter = filters.filter(tenant, query, DEFAULT_SPAN);
        var grouping =
                new Grouping(
                        Groupings.bucket(bucket, filter),
                        Groupings.dimensions(groupBy == null ? "key,model" : groupBy, OF_TENANT),
                        Groupings.zone(timeZone));
        return sums(filter, grouping, bucket);
    }

    private Aggregates sums(UsageFilter filter, Grouping grouping, String bucket) {
        var sums = aggregates.sums(filter, grouping, MAX_ROWS + 1);
        if (sums.size() > MAX_ROWS) {
            throw new Refused(
                    Problem.invalid(
                            "from",
                            "That would be more than "
                                    + MAX_ROWS
                                    + " rows; take a shorter span, a wider bucket or fewer"
                                    + " dimensions."));
        }
        return new Aggregates(
                Objects.requireNonNull(filter.from()),
                Objects.requireNonNull(filter.to()),
                bucket,
                grouping.zone().getId(),
                views.of(sums));
    }

    /** The largest first, with the span that they cover. */
    record Top(Instant from, Instant to, List<Aggregate> items) {}

    @Operation(summary = "The keys, models or users of a tenant that used most")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/usage/top")
    Top top(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @ParameterObject SpanQuery query,
            @Parameter(description = "key, model or user") @RequestParam(defaultValue = "key")
                    String by,
            @Parameter(description = "cost, requests or tokens")
                    @RequestParam(defaultValue = "cost")
                    String order,
            @Parameter(description = "1 to 100") @RequestParam(defaultValue = "10") int limit) {
        if (limit < 1 || limit > MAX_TOP) {
            throw new Refused(Problem.invalid("limit", "Must be 1 to " + MAX_TOP + "."));
        }
        var filter = filters.filter(tenant, query, Duration.ofDays(31));
        var dimension = Groupings.dimension("by", by, OF_TENANT);
        return new Top(
                Objects.requireNonNull(filter.from()),
                Objects.requireNonNull(filter.to()),
                views.of(aggregates.top(filter, dimension, order(order), limit)));
    }

    private static Order order(String text) {
        return Arrays.stream(Order.values())
                .filter(order -> order.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new Refused(Problem.invalid("order", "Must be cost, requests or tokens.")));
    }
}
