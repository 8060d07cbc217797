package io.apihub.operator.xds;

import static io.apihub.operator.xds.Samples.member;
import static io.apihub.operator.xds.Samples.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.dev.process.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients reach a real Envoy by TLS and under its own names only. */
final class EnvoyTlsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NAMES = "dns:localhost,ip:127.0.0.1";

    @TempDir Path temporary;

    @Test
    void theCertificateIsShownRenewedWithoutADrainAndOtherHostsDoNotExist() throws Exception {
        var first = TestCertificate.of(Files.createDirectory(temporary.resolve("1")), NAMES);
        var second = TestCertificate.of(Files.createDirectory(temporary.resolve("2")), NAMES);
        try (var gateway =
                Gateway.start(Map.of("tlsSecret", "web", "hosts", "localhost"), with(first))) {
            var answer = get(gateway, first, "localhost", "/healthz");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(get(gateway, first, "localhost", "/v1/models").statusCode()).isEqualTo(401);
            assertThat(get(gateway, first, "127.0.0.1", "/v1/models").statusCode()).isEqualTo(404);
            assertThat(get(gateway, first, "127.0.0.1", "/readyz").body()).isEqualTo("ready");
            assertThatThrownBy(() -> gateway.send(gateway.to("/healthz")))
                    .isInstanceOf(IOException.class);

            gateway.publish(with(second));

            Await.until("the renewed one", PATIENCE, () -> shows(gateway, second));
            assertThatThrownBy(() -> get(gateway, first, "localhost", "/healthz"))
                    .isInstanceOf(IOException.class);
            assertThat(gateway.envoy().stat("listener_manager.listener_modified")).isZero();
        }
    }

    private static Topology with(TestCertificate certificate) {
        return new Topology(
                List.of(pool("pool/t", member("t", "http://127.0.0.1:9"))),
                Topology.DEFAULT_IDLE,
                Optional.of(certificate.forGateway()));
    }

    private static boolean shows(Gateway gateway, TestCertificate certificate)
            throws InterruptedException, GeneralSecurityException {
        try {
            return get(gateway, certificate, "localhost", "/healthz").statusCode() == 200;
        } catch (IOException e) {
            return false; // the client does not trust it
        }
    }

    private static HttpResponse<String> get(
            Gateway gateway, TestCertificate trusted, String host, String path)
            throws IOException, InterruptedException, GeneralSecurityException {
        var uri = URI.create("https://%s:%d%s".formatted(host, gateway.port(), path));
        try (var client = HttpClient.newBuilder().sslContext(trusted.client()).build()) {
            return client.send(
                    HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
