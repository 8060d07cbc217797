package io.apihub.dev.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.dev.process.Await;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalKubernetesIT {

    private static final String WIDGETS =
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.org}
            spec:
              group: example.org
              scope: Cluster
              names: {kind: Widget, plural: widgets, singular: widget}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object}}
            """;

    @Test
    void objectsSurviveARestartAndACrash(@TempDir Path directory) throws Exception {
        try (var first = LocalKubernetes.start(directory);
                var client = first.client()) {
            client.resource(configMap()).create();
            first.process().kill();
            first.etcd().kill();
            Await.until("the API server", Duration.ofSeconds(60), () -> exists(first));
        }

        try (var second = LocalKubernetes.start(directory)) {
            assertThat(exists(second)).isTrue();
        }
    }

    @Test
    void definitionsAreServedWhenInstallReturnsAndNamespacesGo(@TempDir Path manifests)
            throws Exception {
        Files.writeString(manifests.resolve("widgets.yaml"), WIDGETS);
        try (var kubernetes = LocalKubernetes.temporary();
                var client = kubernetes.client()) {
            kubernetes.installCrds(manifests);
            kubernetes.installCrds(manifests);
            assertThat(client.genericKubernetesResources("example.org/v1", "Widget").list())
                    .isNotNull();

            kubernetes.startControllers();
            client.resource(namespace()).create();
            client.namespaces().withName("short-lived").delete();
            Await.until(
                    "the namespace to go",
                    Duration.ofSeconds(60),
                    () -> client.namespaces().withName("short-lived").get() == null);
        }
    }

    @Test
    void nobodyMayDoAnythingWithoutAToken() throws Exception {
        try (var kubernetes = LocalKubernetes.temporary()) {
            var config = Config.fromKubeconfig(kubernetes.kubeconfigYaml());
            config.setOauthToken("wrong");
            config.setAutoOAuthToken("wrong");
            config.setCurrentContext(null);
            try (var stranger = new KubernetesClientBuilder().withConfig(config).build()) {
                assertThatThrownBy(() -> stranger.namespaces().list())
                        .isInstanceOf(KubernetesClientException.class)
                        .hasMessageContaining("Unauthorized");
            }
        }
    }

    private static boolean exists(LocalKubernetes kubernetes) {
        try (var client = kubernetes.client()) {
            return client.configMaps().inNamespace("default").withName("kept").get() != null;
        }
    }

    private static ConfigMap configMap() {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName("kept")
                .withNamespace("default")
                .endMetadata()
                .build();
    }

    private static Namespace namespace() {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName("short-lived")
                .endMetadata()
                .build();
    }
}
