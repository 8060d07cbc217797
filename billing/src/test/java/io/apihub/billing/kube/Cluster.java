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
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real API server with our definitions, both ServiceAccounts of billing and their policies. The
 * classes of a JVM share it, one after the other; it ends with the JVM.
 */
public final class Cluster {

    static final String SYSTEM = "apihub-system";

    private static final Path TEMPLATES = Path.of("manifests", "templates");
    private static @Nullable Cluster running;

    private final LocalKubernetes kubernetes;
    private final KubernetesClient admin;

    private Cluster(LocalKubernetes kubernetes) {
        this.kubernetes = kubernetes;
        this.admin = kubernetes.client();
    }

    /** As it is at the start: what another class made is gone, but for empty namespaces. */
    public static synchronized Cluster start() throws IOException, InterruptedException {
        var cluster = running;
        if (cluster == null) {
            cluster = new Cluster(LocalKubernetes.temporary());
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::end));
            cluster.install();
            running = cluster;
        } else {
            cluster.forget();
        }
        return cluster;
    }

    private void install() throws IOException, InterruptedException {
        kubernetes.installCrds(Path.of("..", "crds", "manifests"));
        namespace(SYSTEM, Map.of());
        for (var folder :
                new Path[] {
                    Path.of("..", "crds", "manifests", "rbac"), Path.of("manifests"), TEMPLATES
                }) {
            for (var object : objects(folder)) {
                apply(object);
            }
        }
    }

    private void forget() throws IOException {
        var definitions = admin.apiextensions().v1().customResourceDefinitions();
        for (var definition : definitions.list().getItems()) {
            var kind = CustomResourceDefinitionContext.fromCrd(definition);
            var objects = admin.genericKubernetesResources(kind);
            for (var object : objects.inAnyNamespace().list().getItems()) {
                objects.resource(object).delete();
            }
        }
        // Replaced rather than made anew: at no time is the policy without templates.
        for (var object : objects(TEMPLATES)) {
            admin.resource(object).update();
        }
    }

    private void end() {
        admin.close();
        try {
            kubernetes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<HasMetadata> objects(Path folder) throws IOException {
        var objects = new ArrayList<HasMetadata>();
        try (var files = Files.list(folder)) {
            for (var file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
                try (var in = Files.newInputStream(file)) {
                    objects.addAll(admin.load(in).items());
                }
            }
        }
        return objects;
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
}
