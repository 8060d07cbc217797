package io.apihub.billing.kube;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;

/** Which object of a tenant. */
record ObjectName(Tenant tenant, ResourceKind kind, String name) {

    ObjectName {
        if (!ResourceKind.isName(name)) {
            throw new Refused(Problem.notFound("No " + kind.kind() + " can have that name."));
        }
    }

    String path() {
        return kind.path(tenant.namespace()) + "/" + name;
    }
}
