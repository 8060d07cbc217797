package io.apihub.billing.registration;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.kube.NameTaken;
import io.apihub.billing.kube.TenantProvisioning;
import java.util.UUID;

/**
 * Tenants that outlive the process that makes them, as those of an API server do, with the promises
 * of the interface; the operator sees them at once.
 */
final class LastingTenants implements TenantProvisioning {

    private final TestDatabase database;

    LastingTenants(TestDatabase database) {
        this.database = database;
    }

    /** The table that they are kept in. */
    static void create(TestDatabase database) {
        database.admin()
                .execute(
                        "CREATE TABLE public.lasting_tenant (name text PRIMARY KEY,"
                                + " registration uuid NOT NULL, uid uuid NOT NULL)");
    }

    @Override
    public UUID provision(
            UUID registration, String tenantName, String displayName, String template) {
        var rows = database.admin();
        int made =
                rows.update(
                        "INSERT INTO public.lasting_tenant VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                        tenantName,
                        registration,
                        UUID.randomUUID());
        var uid =
                rows.queryForList(
                        "SELECT uid FROM public.lasting_tenant WHERE name = ? AND registration = ?",
                        UUID.class,
                        tenantName,
                        registration);
        if (uid.isEmpty()) {
            throw new NameTaken(tenantName);
        }
        if (made > 0) {
            database.registry().tenant(tenantName, uid.getFirst());
        }
        return uid.getFirst();
    }
}
