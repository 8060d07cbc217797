package io.apihub.billing.admin;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitReport;
import io.apihub.billing.budget.Metric;
import io.apihub.billing.budget.Window;
import io.apihub.billing.rest.Parameters;
import io.apihub.billing.usage.RefusalTable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a tenant's limits have left, and what they refused. */
@RestController
@Tag(name = "Limits")
class LimitController {

    private final TenantLookup tenants;
    private final LimitReport report;
    private final RefusalTable refusals;

    LimitController(TenantLookup tenants, LimitReport report, RefusalTable refusals) {
        this.tenants = tenants;
        this.report = report;
        this.refusals = refusals;
    }

    /**
     * A limit, for one subject.
     *
     * @param quota name of the Quota; absent for the tenant's own limits
     * @param key name of the ApiKey; absent where all share one counter
     * @param amount requests, tokens, slots, or millionths of currency
     * @param used settled in the running window; absent for rates and slots, whose level only
     *     gateways know
     * @param leased promised to gateways; of rates and slots, whether used or not
     * @param remaining neither used nor leased; absent as {@code used}
     * @param wouldHaveRefused in Shadow
     * @param resetsAt absent where nothing resets
     * @param state ok, alerting or exhausted; absent as {@code used}
     */
    record LimitUse(
            String label,
            @Nullable String quota,
            String limit,
            @Nullable String key,
            String metric,
            @Nullable String window,
            String mode,
            String amount,
            @Nullable String used,
            String leased,
            @Nullable String remaining,
            String wouldHaveRefused,
            @Nullable Instant resetsAt,
            @Nullable String state,
            int alertingPercent) {}

    /** All limits of a tenant. */
    record LimitUses(List<LimitUse> items) {}

    @Operation(summary = "What a tenant's limits have left, for each subject")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/limits")
    LimitUses limits(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant) {
        return new LimitUses(
                report.of(tenants.find(tenant).id()).stream().map(LimitController::use).toList());
    }

    private static LimitUse use(LimitReport.Use use) {
        var limit = use.limit();
        var name = use.key().name();
        return new LimitUse(
                name.label(),
                name.quota().isEmpty() ? null : name.quota(),
                name.limit(),
                use.key().subject().isEmpty() ? null : use.key().subject(),
                camel(limit.metric().name()),
                limit.window() == Window.NONE ? null : camel(limit.window().name()),
                limit.enforced() ? "Enforce" : "Shadow",
                String.valueOf(limit.amount()),
                isCounted(limit) ? String.valueOf(use.used()) : null,
                String.valueOf(use.leased()),
                isCounted(limit) ? String.valueOf(use.remaining()) : null,
                String.valueOf(use.wouldHaveRefused()),
                use.resetsAtMillis() == 0 ? null : Instant.ofEpochMilli(use.resetsAtMillis()),
                isCounted(limit) ? state(use) : null,
                use.alertingPercent());
    }

    /** Rates are counted in Shadow only, by settlement; slots never. */
    private static boolean isCounted(Limit limit) {
        return !limit.isShared() || (!limit.enforced() && limit.metric() != Metric.CONCURRENCY);
    }

    private static String state(LimitReport.Use use) {
        if (use.exhausted()) {
            return "exhausted";
        }
        return use.alertingPercent() > 0 ? "alerting" : "ok";
    }

    /** INPUT_TOKENS as the resources write it: InputTokens. */
    private static String camel(String constant) {
        var text = new StringBuilder();
        for (var word : constant.split("_", -1)) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    /**
     * Requests that were refused before they reached an upstream.
     *
     * @param limit {@code <quota>/<limit>}, or absent if no limit refused them
     */
    record RefusedRequests(String reason, @Nullable String limit, long requests) {}

    /** By reason and limit, the most frequent first. */
    record Refusals(List<RefusedRequests> items) {}

    @Operation(summary = "What was refused of a tenant's requests, by reason and limit")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/refusals")
    Refusals refusals(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "RFC 3339, included") @RequestParam(required = false)
                    @Nullable String from,
            @Parameter(description = "RFC 3339, not included") @RequestParam(required = false)
                    @Nullable String to) {
        var sums =
                refusals.sums(
                        tenants.find(tenant).id(),
                        Parameters.time("from", from),
                        Parameters.time("to", to));
        return new Refusals(
                sums.stream()
                        .map(sum ->
                                new RefusedRequests(
                                        sum.reason(),
                                        sum.limit().isEmpty() ? null : sum.limit(),
                                        sum.requests()))
                        .toList());
    }
}
