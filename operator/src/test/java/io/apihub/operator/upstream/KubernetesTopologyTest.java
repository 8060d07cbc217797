package io.apihub.operator.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.process.Await;
import io.apihub.operator.xds.GatewayCertificate;
import io.apihub.operator.xds.TestCertificate;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void aCertificateThatIsMissingIsNeverReplacedByPlainHttp(@TempDir Path temporary)
            throws Exception {
        var certificate = TestCertificate.of(temporary, "dns:localhost").forGateway();
        settings("tlsSecret", "web");
        try (var topology = new KubernetesTopology(client, "apihub-system")) {
            topology.start(() -> {});
            Await.until(
                    "the problem",
                    PATIENCE,
                    () -> topology.read().isEmpty() && topology.problem().isPresent());
            assertThat(topology.problem().orElseThrow()).contains("tlsSecret", "Secret web");

            secret(certificate.chain(), certificate.key());
            Await.until("the certificate", PATIENCE, () -> topology.read().isPresent());
            assertThat(certificate(topology)).contains(certificate);
            assertThat(topology.problem()).isEmpty();

            client.secrets().inNamespace("apihub-system").withName("web").delete();
            Await.until("the next problem", PATIENCE, () -> hasProblem(topology));
            assertThat(certificate(topology)).contains(certificate);
        }
    }

    @Test
    void aBrokenCertificateIsNamedTheLastGoodOneStaysAndARenewedOneIsTaken(@TempDir Path temporary)
            throws Exception {
        var first =
                TestCertificate.of(Files.createDirectory(temporary.resolve("1")), "dns:localhost")
                        .forGateway();
        var second =
                TestCertificate.of(Files.createDirectory(temporary.resolve("2")), "dns:localhost")
                        .forGateway();
        settings("tlsSecret", "web");
        secret(first.chain(), first.key());
        try (var topology = new KubernetesTopology(client, "apihub-system")) {
            topology.start(() -> {});
            Await.until("the certificate", PATIENCE, () -> topology.read().isPresent());

            secret(second.chain(), first.key());
            Await.until("the problem", PATIENCE, () -> hasProblem(topology));
            assertThat(topology.problem().orElseThrow())
                    .contains("Secret web", "tls.key is not the key of tls.crt");
            assertThat(certificate(topology)).contains(first);

            secret(second.chain(), second.key());
            Await.until("the end of the problem", PATIENCE, () -> !hasProblem(topology));
            assertThat(certificate(topology)).contains(second);
        }
    }

    private static boolean hasProblem(KubernetesTopology topology) {
        return topology.read().isPresent() && topology.problem().isPresent();
    }

    private static Optional<GatewayCertificate> certificate(KubernetesTopology topology) {
        return topology.read().orElseThrow().gateway().certificate();
    }

    private void secret(String chain, String key) {
        client.resource(
                        new SecretBuilder()
                                .withNewMetadata()
                                .withName("web")
                                .withNamespace("apihub-system")
                                .addToLabels("apihub.io/gateway-certificate", "true")
                                .endMetadata()
                                .addToData("tls.crt", base64(chain))
                                .addToData("tls.key", base64(key))
                                .build())
                .createOr(NonDeletingOperation::update);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
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
