package io.apihub.operator.tenant;

import io.apihub.operator.keywriter.KeyWriterBinding;
import io.apihub.operator.status.Readiness;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a tenant's namespace if it is missing, with the RoleBinding that lets the operator write
 * generated keys there. A namespace that was there before is used as it is, and none is ever
 * deleted.
 */
public final class TenantNamespaces {

    private static final String MANAGED = "apihub.io/managed";
    private static final String TENANT = "apihub.io/tenant";

    private final KubernetesClient client;
    private final String operatorNamespace;

    public TenantNamespaces(KubernetesClient client, String operatorNamespace) {
        this.client = client;
        this.operatorNamespace = operatorNamespace;
    }

    /** Whether no tenant may have the namespace: it belongs to the cluster or to APIHub. */
    boolean isReserved(String namespace) {
        return namespace.startsWith("kube-")
                || namespace.equals("default")
                || namespace.equals(operatorNamespace);
    }

    /**
     * Makes what is missing; may be repeated.
     *
     * @return what is in the way; empty if nothing is
     */
    Optional<Readiness> ensure(String name, String tenant) {
        try {
            var found = client.namespaces().withName(name).get();
            if (found != null && found.getMetadata().getDeletionTimestamp() != null) {
                return Optional.of(
                        Readiness.waiting(
                                "NamespaceTerminating",
                                "namespace %s is being deleted".formatted(name)));
            }
            var namespace = found == null ? create(name, tenant) : found;
            var labels = namespace.getMetadata().getLabels();
            if (labels != null && "true".equals(labels.get(MANAGED))) {
                ensureRoleBinding(name);
            }
            return Optional.empty();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
                throw e;
            }
            return Optional.of(forbidden(name));
        }
    }

    private Readiness forbidden(String namespace) {
        return Readiness.waiting(
                "NamespaceForbidden",
                "%s may not get or create namespace %s and its RoleBinding; apply operator/manifests/rbac.yaml, or create the namespace yourself"
                        .formatted(KeyWriterBinding.subject(operatorNamespace), namespace));
    }

    private Namespace create(String name, String tenant) {
        var namespace =
                new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(Map.of(MANAGED, "true", TENANT, tenant))
                        .endMetadata()
                        .build();
        return client.resource(namespace).create();
    }

    private void ensureRoleBinding(String namespace) {
        var bindings = client.rbac().roleBindings().inNamespace(namespace);
        if (bindings.withName(KeyWriterBinding.NAME).get() == null) {
            bindings.resource(KeyWriterBinding.in(namespace, operatorNamespace)).create();
        }
    }
}
