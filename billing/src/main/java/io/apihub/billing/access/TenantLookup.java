package io.apihub.billing.access;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import org.springframework.stereotype.Component;

/** The tenant that a path or parameter names: by name, who has it now; by id, whoever ever was. */
@Component
public class TenantLookup {

    private final Tenants tenants;

    TenantLookup(Tenants tenants) {
        this.tenants = tenants;
    }

    /**
     * Finds it.
     *
     * @throws Refused 404
     */
    public Tenant find(String nameOrId) {
        return tenants.find(nameOrId).orElseThrow(() -> unknown(nameOrId));
    }

    /**
     * Finds one that is there: what only Kubernetes has, it has by name, and the name of a deleted
     * tenant may be somebody else's by now.
     *
     * @throws Refused 404, also for a deleted one
     */
    public Tenant findLiving(String nameOrId) {
        var tenant = find(nameOrId);
        if (tenant.deleted()) {
            throw unknown(nameOrId);
        }
        return tenant;
    }

    /**
     * Finds one that the caller may see; for paths that do not name the tenant.
     *
     * @throws Refused 404, the same for a tenant that does not exist and for one of others
     */
    public Tenant find(Caller caller, String nameOrId) {
        var tenant = find(nameOrId);
        if (caller.roleIn(tenant.id()).isEmpty()) {
            throw unknown(nameOrId);
        }
        return tenant;
    }

    /**
     * Finds the tenant whose namespace it is now.
     *
     * @throws Refused 404
     */
    public Tenant inNamespace(String namespace) {
        return tenants.inNamespace(namespace).orElseThrow(() -> unknownNamespace(namespace));
    }

    static Refused unknownNamespace(String namespace) {
        return new Refused(Problem.notFound("No tenant has the namespace '" + namespace + "'."));
    }

    static Refused unknown(String nameOrId) {
        return new Refused(
                Problem.notFound(
                        "No tenant has the name or id '"
                                + nameOrId
                                + "'; a deleted tenant is found by its id only."));
    }
}
