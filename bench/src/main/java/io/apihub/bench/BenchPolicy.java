package io.apihub.bench;

import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Limit.Metric;
import io.apihub.policy.v1.Limit.Window;
import io.apihub.policy.v1.Quota;
import java.util.List;

/**
 * What the operator of a benchmark knows.
 *
 * @param tenants among whom the keys are dealt out, each with an account of its own
 * @param limits on all requests, beside the account
 */
record BenchPolicy(int keys, int tenants, Limits limits) {

    /** So much that nothing is ever refused. */
    private static final long PLENTY = 1L << 30;

    private static final List<Limit> SIX =
            List.of(
                    limit("rpm", Metric.METRIC_REQUESTS, Window.WINDOW_MINUTE),
                    limit("tpm", Metric.METRIC_TOTAL_TOKENS, Window.WINDOW_MINUTE),
                    limit("at-once", Metric.METRIC_CONCURRENCY, Window.WINDOW_UNSPECIFIED),
                    limit("daily", Metric.METRIC_REQUESTS, Window.WINDOW_DAY),
                    limit("tokens", Metric.METRIC_TOTAL_TOKENS, Window.WINDOW_DAY),
                    limit("money", Metric.METRIC_COST, Window.WINDOW_MONTH));

    /** Who has six limits. */
    enum Limits {
        NONE,
        TENANT,
        KEY
    }

    /** One tenant's keys without limits. */
    static BenchPolicy ofKeys(int keys) {
        return new BenchPolicy(keys, 1, Limits.NONE);
    }

    List<Limit> ofTenants() {
        return limits == Limits.TENANT ? SIX : List.of();
    }

    List<Quota> quotas(int tenant) {
        if (limits != Limits.KEY) {
            return List.of();
        }
        var quota =
                Quota.newBuilder()
                        .setUid(BenchKeys.uid(4, tenant))
                        .setTenantId(BenchKeys.tenantId(tenant))
                        .setNamespace(BenchKeys.tenant(tenant))
                        .setName("each-key")
                        .setPer(Quota.Per.PER_KEY)
                        .setMode(Quota.Mode.MODE_ENFORCE)
                        .setTimeZone("UTC")
                        .setAllKeys(true)
                        .addAllLimits(SIX);
        return List.of(quota.build());
    }

    private static Limit limit(String name, Metric metric, Window window) {
        return Limit.newBuilder()
                .setName(name)
                .setMetric(metric)
                .setWindow(window)
                .setAmount(PLENTY)
                .build();
    }
}
