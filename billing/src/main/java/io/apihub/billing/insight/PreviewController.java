package io.apihub.billing.insight;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Keys;
import io.apihub.billing.budget.QuotaReplay;
import io.apihub.billing.kube.KeyLabels;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.usage.UsageFilter;
import io.apihub.billing.usage.UsageReplay;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What a Quota would have refused, before there is one. */
@RestController
@Tag(name = "Limits")
class PreviewController {

    private static final Duration DEFAULT_SPAN = Duration.ofDays(7);
    private static final int MOST_KEYS = 100;
    private static final int MOST_AT_ONCE = 2;

    private final TenantLookup tenants;
    private final UsageFilters filters;
    private final UsageReplay usage;
    private final Keys keys;
    private final KeyLabels labels;
    private final Semaphore running = new Semaphore(MOST_AT_ONCE);

    PreviewController(
            TenantLookup tenants,
            UsageFilters filters,
            UsageReplay usage,
            Keys keys,
            KeyLabels labels) {
        this.tenants = tenants;
        this.filters = filters;
        this.usage = usage;
        this.keys = keys;
        this.labels = labels;
    }

    /**
     * What to try.
     *
     * @param tenant name or id; only where the path does not name it
     * @param from RFC 3339; absent: seven days before the end
     * @param to RFC 3339; absent: now
     * @param spec as a Quota has it
     */
    record NewPreview(
            @Nullable String tenant,
            @Nullable String from,
            @Nullable String to,
            @Nullable ProposedQuota spec) {}

    /** So many requests of a key would have been refused. */
    record KeyRefusals(String keyUid, @Nullable String key, long refused) {}

    /**
     * What one limit would have refused.
     *
     * @param requests that the limit is about
     * @param refusedPercent of them, with two decimals
     * @param firstRefusedAt absent if none would have been
     * @param keys the most refused first, 100 at most
     */
    record LimitPreview(
            String limit,
            long requests,
            long refused,
            String refusedPercent,
            @Nullable Instant firstRefusedAt,
            List<KeyRefusals> keys) {}

    /**
     * What the Quota as a whole would have refused.
     *
     * @param complete false: there were more than 500,000 requests, and only the oldest of them
     *     were tried
     * @param refused requests that at least one limit would have refused; they took nothing
     */
    record Preview(
            Instant from,
            Instant to,
            boolean complete,
            long requests,
            long refused,
            List<LimitPreview> limits) {}

    @Operation(
            summary = "What a Quota would have refused of a tenant's stored usage",
            description = DESCRIPTION)
    @Permit(Level.VIEWER)
    @PostMapping("/api/v1/tenants/{tenant}/quotas/preview")
    Preview ofTenant(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestBody NewPreview preview) {
        if (preview.tenant() != null) {
            throw new Refused(Problem.invalid("tenant", "The path names the tenant already."));
        }
        return preview(tenant, preview);
    }

    private static final String DESCRIPTION =
            "Replays what was settled, with the real windows, zones, globs and rates. A refused"
                    + " request takes nothing. What other requests had set aside at the time is not"
                    + " known, so close to its end a limit may in reality refuse some more; of Cost"
                    + " a request needs what had been set aside for it.";

    @Operation(
            summary = "What a Quota would have refused, of the tenant in the body",
            description = DESCRIPTION)
    @Permit(Level.SIGNED_IN)
    @PostMapping("/api/v1/quotas/preview")
    Preview preview(@RequestBody NewPreview preview, @Parameter(hidden = true) Caller caller) {
        var tenant = preview.tenant();
        if (tenant == null) {
            throw new Refused(Problem.invalid("tenant", "Must be the name or id of a tenant."));
        }
        tenants.find(caller, tenant);
        return preview(tenant, preview);
    }

    private Preview preview(String tenant, NewPreview preview) {
        var spec = preview.spec();
        if (spec == null) {
            throw new Refused(Problem.invalid("spec", "Must be the spec of a Quota."));
        }
        var filter =
                filters.filter(
                        tenant,
                        new SpanQuery(null, null, preview.from(), preview.to()),
                        DEFAULT_SPAN);
        var limits = spec.limits(tenants.find(tenant), keys, labels);
        if (!running.tryAcquire()) {
            throw new Refused(
                    Problem.throttled("Other previews run; try again later."),
                    Duration.ofSeconds(2));
        }
        try {
            var replay = new QuotaReplay(limits);
            boolean complete = usage.run(filter, replay);
            return view(filter, complete, replay, limits);
        } finally {
            running.release();
        }
    }

    private Preview view(
            UsageFilter filter,
            boolean complete,
            QuotaReplay replay,
            List<QuotaReplay.Proposed> limits) {
        var names =
                keys.names(
                        limits.stream()
                                .flatMap(limit -> replay.of(limit).byKey().keySet().stream())
                                .distinct()
                                .toList());
        return new Preview(
                Objects.requireNonNull(filter.from()),
                Objects.requireNonNull(filter.to()),
                complete,
                replay.requests(),
                replay.refused(),
                limits.stream().map(limit -> view(limit.name(), replay.of(limit), names)).toList());
    }

    private static LimitPreview view(
            String name, QuotaReplay.Refusals refusals, Map<UUID, String> names) {
        return new LimitPreview(
                name,
                refusals.applied(),
                refusals.count(),
                percent(refusals.count(), refusals.applied()),
                refusals.count() == 0 ? null : Instant.ofEpochMilli(refusals.firstMillis()),
                refusals.byKey().entrySet().stream()
                        .sorted(
                                Map.Entry.<UUID, Long>comparingByValue(Comparator.reverseOrder())
                                        .thenComparing(Map.Entry.comparingByKey()))
                        .limit(MOST_KEYS)
                        .map(of ->
                                new KeyRefusals(
                                        of.getKey().toString(),
                                        names.get(of.getKey()),
                                        of.getValue()))
                        .toList());
    }

    private static String percent(long part, long whole) {
        return BigDecimal.valueOf(part)
                .movePointRight(2)
                .divide(BigDecimal.valueOf(Math.max(1, whole)), 2, RoundingMode.HALF_UP)
                .toPlainString();
    }
}
