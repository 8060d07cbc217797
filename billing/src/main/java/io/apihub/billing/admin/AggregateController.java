package io.apihub.billing.admin;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.account.Keys;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.usage.UsageAggregates;
import io.apihub.billing.usage.UsageAggregates.Bucket;
import io.apihub.billing.usage.UsageAggregates.Dimension;
import io.apihub.billing.usage.UsageAggregates.Grouping;
import io.apihub.billing.usage.UsageAggregates.Sum;
import io.apihub.billing.usage.UsageFilter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Usage, summed. */
@RestController
@Tag(name = "Usage")
class AggregateController {

    private static final Duration DEFAULT_SPAN = Duration.ofDays(1);
    private static final int MAX_ROWS = 10_000;

    private final UsageFilters filters;
    private final UsageAggregates aggregates;
    private final Tenants tenants;
    private final Keys keys;
    private final InstantSource clock;

    AggregateController(
            UsageFilters filters,
            UsageAggregates aggregates,
            Tenants tenants,
            Keys keys,
            InstantSource clock) {
        this.filters = filters;
        this.aggregates = aggregates;
        this.tenants = tenants;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * One sum.
     *
     * @param bucket when it begins
     */
    record Aggregate(
            Instant bucket,
            @Nullable String tenantId,
            @Nullable String tenant,
            @Nullable String keyUid,
            @Nullable String key,
            @Nullable String model,
            long requests,
            long failedRequests,
            long estimatedRequests,
            UsageView.Tokens tokens,
            String cost,
            String costMicros) {}

    /** The sums in the order of time, with the span that they cover. */
    record Aggregates(
            Instant from, Instant to, String bucket, String timeZone, List<Aggregate> items) {}

    @Operation(summary = "Usage by time, summed by model, key and tenant")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/usage/aggregates")
    Aggregates aggregates(
            @ParameterObject UsageQuery query,
            @Parameter(description = "minute, hour or day") @RequestParam(defaultValue = "hour")
                    String bucket,
            @Parameter(
                            description =
                                    "Any of tenant, key and model, by commas; empty: time only;"
                                            + " absent: key,model")
                    @RequestParam(required = false)
                    @Nullable String groupBy,
            @Parameter(description = "Whose hours and days, such as Asia/Shanghai")
                    @RequestParam(defaultValue = "UTC")
                    String timeZone) {
        var grouping =
                new Grouping(
                        bucket(bucket),
                        dimensions(groupBy == null ? "key,model" : groupBy),
                        zone(timeZone));
        var filter = spanned(filters.filter(query));
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
                timeZone,
                views(sums));
    }

    /** Without times: the last day. */
    private UsageFilter spanned(UsageFilter filter) {
        var to = filter.to() == null ? clock.instant() : filter.to();
        var from = filter.from() == null ? to.minus(DEFAULT_SPAN) : filter.from();
        return new UsageFilter(filter.tenantId(), filter.keyUid(), filter.model(), from, to);
    }

    private static Bucket bucket(String text) {
        return Arrays.stream(Bucket.values())
                .filter(bucket -> bucket.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new Refused(Problem.invalid("bucket", "Must be minute, hour or day.")));
    }

    private static Set<Dimension> dimensions(String text) {
        var dimensions = EnumSet.noneOf(Dimension.class);
        for (var name : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            dimensions.add(
                    Arrays.stream(Dimension.values())
                            .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(name))
                            .findFirst()
                            .orElseThrow(() ->
                                    new Refused(
                                            Problem.invalid(
                                                    "groupBy",
                                                    "Must be any of tenant, key and model,"
                                                            + " separated by commas."))));
        }
        return dimensions;
    }

    private static ZoneId zone(String text) {
        if (text.equals("UTC") || (text.contains("/") && isRegion(text))) {
            return ZoneId.of(text);
        }
        throw new Refused(
                Problem.invalid("timeZone", "Must be UTC or a region such as Asia/Shanghai."));
    }

    private static boolean isRegion(String text) {
        return !text.startsWith("SystemV/") && ZoneId.getAvailableZoneIds().contains(text);
    }

    private List<Aggregate> views(List<Sum> sums) {
        var tenantNames =
                tenants.findAll(ids(sums, Sum::tenantId)).values().stream()
                        .collect(Collectors.toMap(Tenant::id, Tenant::name));
        var keyNames = keys.names(ids(sums, Sum::keyUid));
        return sums.stream().map(sum -> view(sum, tenantNames, keyNames)).toList();
    }

    private static Set<UUID> ids(List<Sum> sums, Function<Sum, @Nullable UUID> id) {
        return sums.stream().map(id).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    private static Aggregate view(
            Sum sum, Map<UUID, String> tenantNames, Map<UUID, String> keyNames) {
        var tenantId = sum.tenantId();
        var keyUid = sum.keyUid();
        return new Aggregate(
                sum.bucket(),
                tenantId == null ? null : tenantId.toString(),
                tenantId == null ? null : tenantNames.get(tenantId),
                keyUid == null ? null : keyUid.toString(),
                keyUid == null ? null : keyNames.get(keyUid),
                sum.model(),
                sum.requests(),
                sum.failedRequests(),
                sum.estimatedRequests(),
                new UsageView.Tokens(
                        sum.inputTokens(),
                        sum.cachedInputTokens(),
                        sum.cacheWriteTokens(),
                        sum.cacheWrite1hTokens(),
                        sum.outputTokens(),
                        sum.reasoningTokens()),
                sum.cost().toDecimal(),
                String.valueOf(sum.cost().micros()));
    }
}
