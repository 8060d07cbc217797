package io.apihub.billing.kube;

import java.util.UUID;

/** Makes the Tenant resource of somebody who registers. */
public interface TenantProvisioning {

    /**
     * Creates the Tenant from a template that the platform configured. Safe to repeat: the Tenant
     * that the same registration made before is found again.
     *
     * @param registration whose Tenant it is, for good
     * @param tenantName a DNS label; also the name of the namespace
     * @param displayName as people read it
     * @param template name of a configured template
     * @return the uid of the resource, which is the tenant's id
     * @throws NameTaken if a Tenant of that name exists that another one made; nothing was changed
     * @throws ProvisioningFailed if Kubernetes does not answer or refuses; may be repeated
     */
    UUID provision(UUID registration, String tenantName, String displayName, String template);
}
