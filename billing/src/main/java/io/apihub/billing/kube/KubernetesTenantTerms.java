package io.apihub.billing.kube;

import io.apihub.billing.problem.Refused;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Moves Tenants between templates with the rights of the provisioner, by server-side apply. */
@Component
class KubernetesTenantTerms implements TenantTerms {

    private static final String PATH = "/apis/apihub.io/v1alpha1/tenants/";
    private static final int CONFLICT = 409;

    private final ApiServers servers;
    private final InstantSource clock;
    private final JsonMapper json;

    KubernetesTenantTerms(ApiServers servers, InstantSource clock, JsonMapper json) {
        this.servers = servers;
        this.clock = clock;
        this.json = json;
    }

    @Override
    public Set<String> templates() {
        return attempt("the templates", () -> read().names());
    }

    private TenantTemplates read() {
        return TenantTemplates.read(
                servers.provisioner().client(), servers.settings().operatorNamespace());
    }

    @Override
    public Optional<String> templateOf(UUID tenant, String name) {
        return attempt(
                "Tenant " + name,
                () ->
                        Optional.of(
                                        find(tenant, name)
                                                .path("metadata")
                                                .path("annotations")
                                                .path(KubernetesTenants.TEMPLATE)
                                                .asString(""))
                                .filter(template -> !template.isEmpty()));
    }

    @Override
    public void apply(UUID tenant, String name, String template) {
        attempt(
                "Tenant " + name,
                () -> {
                    var templates = read();
                    if (!templates.has(template)) {
                        throw failed(
                                "ConfigMap "
                                        + TenantTemplates.CONFIG_MAP
                                        + " has no template "
                                        + template);
                    }
                    apply(adopted(find(tenant, name), name), name, template, templates);
                    return template;
                });
    }

    /** The Tenant, its fields handed over to us. */
    private ObjectNode adopted(ObjectNode tenant, String name) {
        var metadata = tenant.withObject("/metadata");
        boolean registered = metadata.path("annotations").has(KubernetesTenants.REGISTRATION);
        if (!registered
                || !(metadata.path("managedFields") instanceof ArrayNode fields)
                || !AppliedFields.handOver(fields, clock.instant())) {
            return tenant;
        }
        var patch = JsonNodeFactory.instance.objectNode();
        var change = patch.withObject("/metadata");
        change.set("resourceVersion", metadata.path("resourceVersion"));
        change.set("managedFields", fields);
        var query = Map.of("fieldManager", AppliedFields.MANAGER);
        return servers.provisioner().send(Call.patch(PATH + name, query, patch)).orRefused();
    }

    private void apply(ObjectNode tenant, String name, String template, TenantTemplates templates) {
        var wanted = JsonNodeFactory.instance.objectNode();
        wanted.put("apiVersion", "apihub.io/v1alpha1").put("kind", "Tenant");
        var metadata = wanted.withObject("/metadata").put("name", name);
        // Of another one of this name, or of none, nothing is made.
        metadata.set("uid", tenant.path("metadata").path("uid"));
        metadata.putObject("annotations").put(KubernetesTenants.TEMPLATE, template);
        wanted.set("spec", json.valueToTree(templates.terms(template)));
        var query = Map.of("fieldManager", AppliedFields.MANAGER, "fieldValidation", "Strict");
        var reply = servers.provisioner().send(Call.apply(PATH + name, query, wanted));
        if (reply.status() == CONFLICT) {
            throw new FieldsKept(
                    "somebody else keeps what template "
                            + template
                            + " would change: "
                            + reply.body().path("message").asString(""));
        }
        reply.orRefused();
    }

    private ObjectNode find(UUID id, String name) {
        var tenant = servers.provisioner().send(Call.get(PATH + name)).orRefused();
        var known = tenant.path("status").path("tenantId").asString("");
        var uid = tenant.path("metadata").path("uid").asString("");
        if (!id.toString().equals(known.isEmpty() ? uid : known)) {
            throw failed("Tenant " + name + " is another one by now");
        }
        return tenant;
    }

    private static <T> T attempt(String what, Supplier<T> work) {
        try {
            return work.get();
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new ProvisioningFailed(what + ": " + e.getMessage(), e);
        } catch (Refused e) {
            throw new ProvisioningFailed(what + ": " + e.problem().detail(), e);
        }
    }

    private static ProvisioningFailed failed(String message) {
        return new ProvisioningFailed(message, new IllegalStateException(message));
    }
}
