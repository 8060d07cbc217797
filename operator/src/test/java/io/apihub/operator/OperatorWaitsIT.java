package io.apihub.operator;

import static io.apihub.operator.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.process.Ports;
import io.apihub.operator.OperatorHarness.Running;
import io.apihub.operator.config.OperatorSettings.Database;
import io.apihub.operator.feed.FeedClient;
import io.apihub.operator.registry.RegistryHarness;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the operator does while a peer is away at its start. */
class OperatorWaitsIT {

    @Test
    void itSaysThatItWaitsForPostgres() throws Exception {
        var nowhere =
                new Database(
                        "jdbc:postgresql://127.0.0.1:%d/apihub".formatted(Ports.free()), "u", "p");
        try (var operator = operator(nowhere, nowhere)) {
            var start = startInBackground(operator);
            eventually(
                    "why it is not ready",
                    () -> operator.get("/readyz").equals("waiting for Postgres\n"));
            assertThat(operator.get("/livez")).isEqualTo("alive\n");
            start.interrupt();
            start.join();
        }
    }

    @Test
    void withoutTheApiServerItServesWhatPostgresKnows() throws Exception {
        try (var postgres = new RegistryHarness();
                var operator =
                        operator(
                                new Database(
                                        postgres.jdbcUrl(), "apihub_operator", "apihub_operator"),
                                postgres.migration())) {
            var start = startInBackground(operator);
            eventually("the port", () -> operator.process().grpcPort() > 0);
            try (var gateway = new FeedClient(operator.process().grpcPort(), "gw-0")) {
                eventually("a snapshot", () -> gateway.revision() == 0);
            }
            assertThat(operator.get("/readyz"))
                    .isEqualTo("waiting for the Kubernetes API server\n");
            start.interrupt();
            start.join();
        }
    }

    private static Thread startInBackground(Running operator) {
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        operator.process().start();
                    } catch (IOException | InterruptedException e) {
                        // the end of the test
                    }
                });
    }

    private static Running operator(Database database, Database migration) throws Exception {
        var client = clientWithoutServer();
        var settings = OperatorHarness.settings(database, migration, "waits", "operator-0");
        return new Running(new OperatorProcess(settings, client), client);
    }

    private static KubernetesClient clientWithoutServer() throws IOException {
        return new KubernetesClientBuilder()
                .withConfig(
                        new ConfigBuilder()
                                .withMasterUrl("https://127.0.0.1:" + Ports.free())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                .build();
    }
}
