package io.apihub.billing.settings;

import org.jspecify.annotations.Nullable;

/** Reads {@link Settings.Kubernetes}. */
final class KubernetesVariables {

    /** Instead of a kubeconfig: the ServiceAccount of the pod. */
    private static final String IN_CLUSTER = "in-cluster";

    private final Variables variables;

    KubernetesVariables(Variables variables) {
        this.variables = variables;
    }

    Settings.@Nullable Kubernetes kubernetes() {
        var portal = variables.optional("APIHUB_KUBECONFIG");
        if (portal == null && variables.optional("APIHUB_PROVISIONER_KUBECONFIG") == null) {
            return null;
        }
        var portalFile =
                IN_CLUSTER.equals(variables.required("APIHUB_KUBECONFIG"))
                        ? null
                        : variables.file("APIHUB_KUBECONFIG");
        var namespace = variables.optional("APIHUB_OPERATOR_NAMESPACE");
        return new Settings.Kubernetes(
                portalFile,
                variables.file("APIHUB_PROVISIONER_KUBECONFIG"),
                namespace == null ? "apihub-system" : namespace,
                variables.count("APIHUB_MAX_APIKEYS", 1_000),
                variables.count("APIHUB_MAX_QUOTAS", 100));
    }
}
