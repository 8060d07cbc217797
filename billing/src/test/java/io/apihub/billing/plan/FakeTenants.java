package io.apihub.billing.plan;

import io.apihub.billing.kube.FieldsKept;
import io.apihub.billing.kube.ProvisioningFailed;
import io.apihub.billing.kube.TenantTerms;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Tenants in memory, with the promises of the interface. */
final class FakeTenants implements TenantTerms {

    private static final Set<String> TEMPLATES = Set.of("registration", "basic", "pro");

    private final Map<UUID, String> templates = new ConcurrentHashMap<>();
    private volatile boolean away;
    private volatile boolean kept;

    void goAway(boolean gone) {
        away = gone;
    }

    /** Whether somebody else keeps what plans would change. */
    void keep(boolean keeps) {
        kept = keeps;
    }

    /** What a Tenant is like now. */
    String of(UUID tenant) {
        return templates.getOrDefault(tenant, "registration");
    }

    private void answer() {
        if (away) {
            throw new ProvisioningFailed("away", new IllegalStateException("connection refused"));
        }
    }

    @Override
    public Optional<String> templateOf(UUID tenant, String name) {
        answer();
        return Optional.of(of(tenant));
    }

    @Override
    public void apply(UUID tenant, String name, String template) {
        answer();
        if (kept) {
            throw new FieldsKept("kubectl keeps .spec.limits");
        }
        templates.put(tenant, template);
    }

    @Override
    public Set<String> templates() {
        answer();
        return new TreeSet<>(TEMPLATES);
    }
}
