package io.apihub.billing.kube;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Moves Tenants between the templates that the platform configured. */
public interface TenantTerms {

    /**
     * The template that a Tenant says it is of; empty if it says none, as if it was made by hand.
     *
     * @throws ProvisioningFailed if Kubernetes does not answer or has no such Tenant; may be
     *     repeated
     */
    Optional<String> templateOf(UUID tenant, String name);

    /**
     * Gives a Tenant the limits, price factor and models of a template, and nothing else of it; all
     * in one request, or nothing. Safe to repeat. What somebody else keeps is not overwritten.
     *
     * @param tenant its id, so that another one of the same name is let alone
     * @throws FieldsKept if somebody else keeps those fields; may be repeated
     * @throws ProvisioningFailed if Kubernetes does not answer or refuses, or if there is no such
     *     template; may be repeated
     */
    void apply(UUID tenant, String name, String template);

    /**
     * The names of all templates.
     *
     * @throws ProvisioningFailed if Kubernetes does not answer; may be repeated
     */
    Set<String> templates();
}
