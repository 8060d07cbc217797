package io.apihub.operator.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.process.Await;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@SuppressWarnings("NullAway.Init") // the extension sets it
final class KubernetesTopologyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    KubernetesClient client;

    @Test
    void settingsThatCanNotBeReadAreNamedAndTheLastOnesStay() throws InterruptedException {
        settings("listenPort", "many");
        try (var topology = new KubernetesTopology(client, "apihub-system")) {
            topology.start(() -> {});

            Await.until(
                    "the problem",
                    PATIENCE,
                    () -> topology.read().isEmpty() && topology.problem().isPresent());
            assertThat(topology.problem().orElseThrow())
                    .contains("apihub-system/gateway")
                    .contains("listenPort: many");

            settings("listenPort", "12345");
            Await.until("settings", PATIENCE, () -> topology.read().isPresent());
            assertThat(topology.problem()).isEmpty();

            settings("trustedHops", "99");
            Await.until(
                    "the next problem",
                    PATIENCE,
                    () -> topology.read().isPresent() && topology.problem().isPresent());
            assertThat(topology.problem().orElseThrow()).contains("trustedHops");
            assertThat(topology.read().orElseThrow().settings().listen().port()).isEqualTo(12345);
        }
    }

    private void settings(String key, String value) {
        client.resource(
                        new ConfigMapBuilder()
                                .withNewMetadata()
                                .withName("gateway")
                                .withNamespace("apihub-system")
                                .endMetadata()
                                .withData(Map.of(key, value))
                                .build())
                .createOr(NonDeletingOperation::update);
    }
}
