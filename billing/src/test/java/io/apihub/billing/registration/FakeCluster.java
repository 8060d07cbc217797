package io.apihub.billing.registration;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.kube.NameTaken;
import io.apihub.billing.kube.ProvisioningFailed;
import io.apihub.billing.kube.TenantProvisioning;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Tenants in memory, with the promises of the interface; the operator sees them when told to. */
final class FakeCluster implements TenantProvisioning {

    private final TestDatabase database;
    private final Map<String, Tenant> tenants = new HashMap<>();
    private final Set<UUID> known = new HashSet<>();
    private boolean away;
    private boolean dyingBefore;
    private boolean dyingAfter;

    FakeCluster(TestDatabase database) {
        this.database = database;
    }

    private record Tenant(UUID registration, UUID uid, String template) {}

    @Override
    public synchronized UUID provision(
            UUID registration, String tenantName, String displayName, String template) {
        if (away) {
            throw new ProvisioningFailed("away", new IllegalStateException("connection refused"));
        }
        if (dyingBefore) {
            dyingBefore = false;
            throw new AssertionError("killed before the Tenant was made");
        }
        var tenant =
                tenants.computeIfAbsent(
                        tenantName, name -> new Tenant(registration, UUID.randomUUID(), template));
        if (!tenant.registration().equals(registration)) {
            throw new NameTaken(tenantName);
        }
        if (dyingAfter) {
            dyingAfter = false;
            throw new AssertionError("killed after the Tenant was made");
        }
        return tenant.uid();
    }

    /** The process dies once, before or after the Tenant is made. */
    synchronized void die(boolean afterwards) {
        dyingAfter = afterwards;
        dyingBefore = !afterwards;
    }

    /** Somebody makes a Tenant by kubectl. */
    synchronized void make(String tenantName) {
        tenants.put(tenantName, new Tenant(UUID.randomUUID(), UUID.randomUUID(), "none"));
    }

    synchronized void goAway(boolean gone) {
        away = gone;
    }

    /** The operator writes the Tenant into the registry. */
    synchronized void reconcile(String tenantName) {
        var tenant = tenants.get(tenantName);
        if (tenant != null && known.add(tenant.uid())) {
            database.registry().tenant(tenantName, tenant.uid());
        }
    }

    synchronized int count() {
        return tenants.size();
    }

    synchronized String template(String tenantName) {
        var tenant = tenants.get(tenantName);
        return tenant == null ? "" : tenant.template();
    }
}
