package io.apihub.billing.budget;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The limits in Shadow, by tenant, as of the last round. Settlement reads them without a query. */
public final class ShadowLimits {

    private final Map<UUID, Map<LimitHome, List<ShadowLimit>>> byTenant = new ConcurrentHashMap<>();

    /** A quota with all its limits in Shadow; none if it is gone or enforced. */
    public record Of(LimitHome home, List<ShadowLimit> limits) {
        public Of {
            limits = List.copyOf(limits);
        }
    }

    /** Takes changed quotas over. */
    public void follow(List<Of> quotas) {
        for (var quota : quotas) {
            byTenant.compute(
                    quota.home().tenantId(),
                    (tenant, before) -> {
                        var after = new ConcurrentHashMap<LimitHome, List<ShadowLimit>>();
                        if (before != null) {
                            after.putAll(before);
                        }
                        after.remove(quota.home());
                        if (!quota.limits().isEmpty()) {
                            after.put(quota.home(), quota.limits());
                        }
                        return after.isEmpty() ? null : after;
                    });
        }
    }

    /** The limits that a request counts against. */
    public List<ShadowLimit> of(UUID tenant, UUID key, String model) {
        var quotas = byTenant.get(tenant);
        if (quotas == null) {
            return List.of();
        }
        var applying = new ArrayList<ShadowLimit>();
        for (var limits : quotas.values()) {
            for (var limit : limits) {
                if (limit.applies(key, model)) {
                    applying.add(limit);
                }
            }
        }
        return applying;
    }
}
