package io.apihub.extauthz.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManagementServerTest {

    private volatile boolean fresh;
    private volatile Optional<String> metering = Optional.of("billing: not connected");
    private final Readiness readiness = new Readiness(() -> fresh, () -> metering);

    @Test
    void itIsReadyWhenEveryPartIsAndSaysWhichIsNot() throws Exception {
        var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var server = new ManagementServer(any, readiness, () -> "apihub_x 1");
                var client = HttpClient.newHttpClient()) {
            assertThat(get(client, server, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(client, server, "/metrics").body()).contains("apihub_x 1");
            assertThat(get(client, server, "/readyz").body()).contains("operator");
            fresh = true;
            assertThat(get(client, server, "/readyz").body()).contains("billing");
            metering = Optional.empty();
            assertThat(get(client, server, "/readyz").body()).contains("warming up");
            readiness.warmedUp();
            assertThat(get(client, server, "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void billingGoneLaterIsNoReasonToLeave() {
        fresh = true;
        metering = Optional.empty();
        readiness.warmedUp();
        assertThat(readiness.isReady()).isTrue();

        metering = Optional.of("billing: not connected");

        assertThat(readiness.isReady()).isTrue();
        readiness.stopping();
        assertThat(readiness.notReady()).contains("stopping");
        assertThat(readiness.canDecide()).isFalse();
    }

    @Test
    void withoutBillingAndOperatorItCanDecideAllTheSame() {
        assertThat(readiness.canDecide()).isFalse();
        readiness.warmedUp();

        assertThat(readiness.isReady()).isFalse();
        assertThat(readiness.canDecide()).isTrue();
    }

    private static HttpResponse<String> get(HttpClient client, ManagementServer server, String path)
            throws Exception {
        var uri = URI.create("http://localhost:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
