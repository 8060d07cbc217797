package io.apihub.billing.usage;

import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitHome;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Metric;
import io.apihub.billing.budget.ShadowLimit;
import io.apihub.billing.budget.ShadowLimits;
import io.apihub.billing.budget.Window;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Limits that are in Shadow all the time; more is asked of each than it has. */
final class SoftLimits {

    private static final String QUOTA = "soft";
    private static final ZoneId ZONE = ZoneId.of("Asia/Kolkata");

    private SoftLimits() {}

    static ShadowLimits.Of of(UUID tenant, String namespace) {
        return new ShadowLimits.Of(
                new LimitHome(tenant, namespace, QUOTA),
                List.of(
                        shadow(tenant, namespace, limit(Metric.REQUESTS, Window.HOUR, 12, false)),
                        shadow(tenant, namespace, limit(Metric.TOTAL_TOKENS, Window.DAY, 9, true)),
                        shadow(tenant, namespace, limit(Metric.COST, Window.TOTAL, 900, false))));
    }

    private static Limit limit(Metric metric, Window window, long amount, boolean perKey) {
        return new Limit(metric, window, amount, ZONE, perKey, false, List.of(50, 90), 1);
    }

    private static ShadowLimit shadow(UUID tenant, String namespace, Limit limit) {
        var name = new LimitName(tenant, namespace, QUOTA, limit.window().name());
        return new ShadowLimit(name, limit, true, Set.of(), List.of());
    }
}
