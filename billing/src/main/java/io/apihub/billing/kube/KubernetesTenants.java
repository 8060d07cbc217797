package io.apihub.billing.kube;

import io.apihub.billing.problem.Refused;
import io.apihub.crd.v1alpha1.Tenant;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes Tenants with the rights of the provisioner. Nothing is remembered here: that a Tenant is a
 * registration's own stands in its annotation, so a crash between any two steps does no harm.
 */
@Component
class KubernetesTenants implements TenantProvisioning {

    static final String REGISTRATION = "apihub.io/registration";
    static final String TEMPLATE = "apihub.io/template";

    private final ApiServers servers;

    KubernetesTenants(ApiServers servers) {
        this.servers = servers;
    }

    @Override
    public UUID provision(
            UUID registration, String tenantName, String displayName, String template) {
        try {
            var client = servers.provisioner().client();
            var found = client.resources(Tenant.class).withName(tenantName).get();
            var tenant =
                    found == null
                            ? create(client, registration, tenantName, displayName, template)
                            : found;
            return own(tenant, registration, tenantName);
        } catch (KubernetesClientException e) {
            throw new ProvisioningFailed("Tenant " + tenantName + " was not made", e);
        } catch (Refused e) {
            throw new ProvisioningFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private Tenant create(
            KubernetesClient client,
            UUID registration,
            String name,
            String displayName,
            String template) {
        var draft = draft(client, registration, name, displayName, template);
        try {
            return client.resource(draft).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            // Somebody was faster, perhaps ourselves, whose answer was lost.
            return existing(client.resources(Tenant.class).withName(name).get(), e);
        }
    }

    private static Tenant existing(@Nullable Tenant found, KubernetesClientException otherwise) {
        if (found == null) {
            throw otherwise;
        }
        return found;
    }

    private Tenant draft(
            KubernetesClient client,
            UUID registration,
            String name,
            String displayName,
            String template) {
        var templates = TenantTemplates.read(client, servers.settings().operatorNamespace());
        if (!templates.has(template)) {
            throw failed(
                    "ConfigMap " + TenantTemplates.CONFIG_MAP + " has no template " + template);
        }
        var draft = new Tenant();
        draft.setMetadata(
                new ObjectMetaBuilder()
                        .withName(name)
                        .withAnnotations(
                                Map.of(REGISTRATION, registration.toString(), TEMPLATE, template))
                        .build());
        try {
            draft.setSpec(
                    templates.spec(
                            template, name, displayName, client.getKubernetesSerialization()));
        } catch (IllegalArgumentException e) {
            throw new ProvisioningFailed("template " + template + " can't be read", e);
        }
        return draft;
    }

    private static UUID own(Tenant tenant, UUID registration, String name) {
        var annotations = tenant.getMetadata().getAnnotations();
        boolean ours =
                annotations != null
                        && registration.toString().equals(annotations.get(REGISTRATION))
                        && tenant.getMetadata().getDeletionTimestamp() == null;
        if (!ours) {
            throw new NameTaken(name);
        }
        return UUID.fromString(tenant.getMetadata().getUid());
    }

    private static ProvisioningFailed failed(String message) {
        return new ProvisioningFailed(message, new IllegalStateException(message));
    }
}
