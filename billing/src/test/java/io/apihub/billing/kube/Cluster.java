package io.apihub.billing.kube;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.TestSettings;
import io.apihub.dev.kubernetes.LocalKubernetes;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real API server with our definitions, both ServiceAccounts of billing and their policies. */
public final class Cluster implements AutoCloseable {

    static final String SYSTEM = "apihub-system";

    private final LocalKubernetes kubernetes;
    private final KubernetesClient admin;

    private Cluster(LocalKubernetes kubernetes) {
        this.kubernetes = kubernetes;
        this.admin = kubernetes.client();
    }

    public static Cluster start() throws IOException, InterruptedException {
        var cluster = new Cluster(LocalKubernetes.temporary());
        cluster.kubernetes.installCrds(Path.of("..", "crds", "manifests"));
        cluster.namespace(SYSTEM, Map.of());
        for (var folder :
                new String[] {"../crds/manifests/rbac", "manifests", "manifests/templates"}) {
            cluster.applyAll(Path.of(folder));
        }
        return cluster;
    }

    private void applyAll(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
                try (var in = Files.newInputStream(file)) {
                    admin.load(in).items().forEach(this::apply);
                }
            }
        }
    }

    private void apply(HasMetadata object) {
        admin.resource(object).fieldManager("test").forceConflicts().serverSideApply();
    }

    /** A Tenant whose namespace has its name. */
    public static String tenant(String name) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: Tenant
        metadata: {name: %s}
        spec: {namespace: %s}
        """
                .formatted(name, name);
    }

    /** As the operator makes it. */
    public void tenantNamespace(String tenant) {
        namespace(tenant, Map.of("apihub.io/managed", "true", "apihub.io/tenant", tenant));
    }

    void namespace(String name, Map<String, String> labels) {
        apply(
                new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .build());
    }

    /** Applies YAML as kubectl, Argo CD or Flux would. */
    public HasMetadata applyAs(String manager, String yaml) {
        var object = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
        return admin.resource(object).fieldManager(manager).forceConflicts().serverSideApply();
    }

    KubernetesClient admin() {
        return admin;
    }

    LocalKubernetes kubernetes() {
        return kubernetes;
    }

    Path kubeconfig(String serviceAccount) {
        return kubernetes.kubeconfigOf(SYSTEM, serviceAccount);
    }

    /** With the rights of a ServiceAccount; whoever asks for it closes it. */
    KubernetesClient as(String serviceAccount) {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig(serviceAccount).toFile()))
                .build();
    }

    /** Settings of a billing that may have so many objects for each namespace. */
    public Settings settings(TestDatabase database, int mostApiKeys) {
        var kube =
                new Settings.Kubernetes(
                        kubeconfig("apihub-portal"),
                        kubeconfig("apihub-provisioner"),
                        SYSTEM,
                        mostApiKeys,
                        100);
        return TestSettings.with(TestSettings.of(database), kube);
    }

    @Override
    public void close() throws IOException {
        admin.close();
        kubernetes.close();
    }
}
