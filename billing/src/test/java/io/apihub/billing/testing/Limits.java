package io.apihub.billing.testing;

import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.grpc.WireIds;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Quota;
import java.util.UUID;

/** Quotas of one tenant, as the operator writes them. */
public final class Limits {

    private final Bank bank;
    private final UUID tenant;
    private final String namespace;

    public Limits(Bank bank, UUID tenant, String namespace) {
        this.bank = bank;
        this.tenant = tenant;
        this.namespace = namespace;
    }

    /** A limit named {@code all} for the target as a whole. */
    public LimitKey quota(String quota, Limit.Metric metric, Limit.Window window, long amount) {
        put(builder(quota).addLimits(limit(metric, window, amount)));
        return key(quota, "");
    }

    public Quota.Builder builder(String quota) {
        return Quota.newBuilder()
                .setTenantId(WireIds.bytes(tenant))
                .setNamespace(namespace)
                .setName(quota)
                .setPer(Quota.Per.PER_TARGET)
                .setMode(Quota.Mode.MODE_ENFORCE)
                .setTimeZone("Asia/Shanghai")
                .setAllKeys(true);
    }

    public static Limit.Builder limit(Limit.Metric metric, Limit.Window window, long amount) {
        return Limit.newBuilder()
                .setName("all")
                .setMetric(metric)
                .setWindow(window)
                .setAmount(amount);
    }

    public void put(Quota.Builder quota) {
        bank.registry().quota(quota.build());
    }

    public void delete(String quota) {
        bank.registry().deleteQuota(namespace, quota);
    }

    public LimitKey key(String quota, String subject) {
        return new LimitKey(new LimitName(tenant, namespace, quota, "all"), subject);
    }

    /** A number of the budgets of a quota. */
    public long budgets(String expression, String quota) {
        return bank.count(
                "SELECT coalesce("
                        + expression
                        + ", 0) FROM billing.budget"
                        + " WHERE tenant_id = ? AND quota_name = ?",
                tenant,
                quota);
    }
}
