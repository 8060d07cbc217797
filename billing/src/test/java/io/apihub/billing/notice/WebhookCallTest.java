package io.apihub.billing.notice;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.apihub.billing.settings.Network;
import io.apihub.billing.settings.Webhooks;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of webhooks against servers that behave well, badly and not at all. */
class WebhookCallTest {

    private static final Webhooks LOOPBACK =
            new Webhooks(List.of(Network.parse("127.0.0.0/8"), Network.parse("::1")));
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final char[] PASSWORD = "password".toCharArray();

    private static WebhookCall call(Webhooks settings, Duration patience) {
        return new WebhookCall(
                settings, (SSLSocketFactory) SSLSocketFactory.getDefault(), patience);
    }

    private static WebhookCall.Outcome post(URI url) {
        return call(LOOPBACK, Duration.ofSeconds(30)).post(url, Map.of("X-Test", "1"), "{\"é\":1}");
    }

    /** A server that answers every connection with these bytes, and then as it likes. */
    private interface Answer {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    private static WebhookCall.Outcome raw(Answer answer, Duration patience) throws Exception {
        try (var server = new ServerSocket(0, 5, HERE)) {
            var thread =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (var socket = server.accept()) {
                                    // Closed with something unread, the answer might be lost.
                                    var heard = new StringBuilder();
                                    while (!heard.toString().endsWith("{}")) {
                                        heard.append((char) socket.getInputStream().read());
                                    }
                                    answer.write(socket.getOutputStream());
                                } catch (IOException | InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            var outcome =
                    call(LOOPBACK, patience)
                            .post(
                                    URI.create("http://127.0.0.1:" + server.getLocalPort()),
                                    Map.of(),
                                    "{}");
            thread.interrupt();
            return outcome;
        }
    }

    private static Answer text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void whatIsSentArrivesAsItIs() throws Exception {
        BlockingQueue<String> heard = new ArrayBlockingQueue<>(1);
        var server = HttpServer.create(new InetSocketAddress(HERE, 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    var body =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    heard.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + exchange.getRequestURI()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("X-Test")
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Content-Type")
                                    + " "
                                    + body);
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        try {
            var outcome =
                    post(
                            URI.create(
                                    "http://127.0.0.1:"
                                            + server.getAddress().getPort()
                                            + "/a?b=c"));

            assertThat(outcome).isEqualTo(new WebhookCall.Outcome(204, null));
            assertThat(heard.poll(30, TimeUnit.SECONDS))
                    .isEqualTo("POST /a?b=c 1 application/json {\"é\":1}");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK, 200, true",
        "HTTP/1.0 201, 201, true",
        "HTTP/1.1 302 Found, 302, false",
        "HTTP/1.1 410 Gone, 410, false",
        "HTTP/1.1 500 Oh, 500, false",
    })
    void theStatusDecidesAndNoRedirectIsFollowed(String line, int status, boolean taken)
            throws Exception {
        var outcome =
                raw(
                        text(line + "\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
                        Duration.ofSeconds(30));

        assertThat(outcome.status()).isEqualTo(status);
        assertThat(outcome.isTaken()).isEqualTo(taken);
    }

    @Test
    void interimAnswersArePassedOver() throws Exception {
        var outcome =
                raw(
                        text("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
                        Duration.ofSeconds(30));

        assertThat(outcome.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "HTTP/1.1", "SSH-2.0-x\r\n", "HTTP/2 200\r\n", "HTTP/1.1 999 x\r\n"})
    void whatIsNoAnswerIsAFailure(String answer) throws Exception {
        var outcome = raw(text(answer), Duration.ofSeconds(30));

        assertThat(outcome.status()).isNull();
        assertThat(outcome.error()).contains("no answer of HTTP/1.1");
    }

    @Test
    void anEndlessAnswerIsCutOff() throws Exception {
        var outcome =
                raw(
                        out -> {
                            var much = "x".repeat(65_536).getBytes(StandardCharsets.US_ASCII);
                            for (int i = 0; i < 100; i++) {
                                out.write(much);
                            }
                        },
                        Duration.ofSeconds(30));

        assertThat(outcome.status()).isNull();
    }

    @Test
    void whoDripsIsCutOff() throws Exception {
        var outcome =
                raw(
                        out -> {
                            while (true) {
                                out.write('H');
                                out.flush();
                                Thread.sleep(20);
                            }
                        },
                        Duration.ofMillis(500));

        assertThat(outcome).isEqualTo(new WebhookCall.Outcome(null, "no answer in time"));
    }

    @Test
    void whereNobodyMayGoNobodyGoesWhateverTheNameSays() throws Exception {
        try (var server = new ServerSocket(0, 5, HERE)) {
            for (var url : List.of("https://localhost:", "https://127.0.0.1:", "https://[::1]:")) {
                var outcome =
                        call(Webhooks.PUBLIC, Duration.ofSeconds(30))
                                .post(
                                        URI.create(url + server.getLocalPort() + "/"),
                                        Map.of(),
                                        "{}");

                assertThat(outcome.error()).contains("not allowed");
            }
        }
    }

    @Test
    void plainHttpStaysWithinAllowedNetworks() {
        var other = new Webhooks(List.of(Network.parse("10.0.0.0/8")));

        var outcome =
                call(other, Duration.ofSeconds(30))
                        .post(URI.create("http://8.8.8.8:9/"), Map.of(), "{}");

        assertThat(outcome.error()).contains("not allowed");
    }

    @Test
    void aNameThatNobodyKnowsIsSaidToBe() {
        assertThat(post(URI.create("https://nobody.invalid/")).status()).isNull();
    }

    @Test
    void tlsIsVerifiedWithTheNameOfTheUrl(@TempDir Path folder) throws Exception {
        var keys = keys(folder);
        var context = context(keys);
        var server = HttpsServer.create(new InetSocketAddress(HERE, 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
        try {
            int port = server.getAddress().getPort();
            var trusting =
                    new WebhookCall(LOOPBACK, context.getSocketFactory(), Duration.ofSeconds(30));

            var right = trusting.post(URI.create("https://localhost:" + port), Map.of(), "{}");
            var name = trusting.post(URI.create("https://127.0.0.1:" + port), Map.of(), "{}");
            var stranger = post(URI.create("https://localhost:" + port));

            assertThat(right).isEqualTo(new WebhookCall.Outcome(200, null));
            assertThat(name.error()).startsWith("TLS: ");
            assertThat(stranger.error()).startsWith("TLS: ");
        } finally {
            server.stop(0);
        }
    }

    /** A certificate for localhost, made with the JDK's own tool. */
    private static KeyStore keys(Path folder) throws Exception {
        var file = folder.resolve("keys.p12");
        var made =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "a",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "SAN=dns:localhost",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
        var keys = KeyStore.getInstance("PKCS12");
        try (var stream = Files.newInputStream(file)) {
            keys.load(stream, PASSWORD);
        }
        return keys;
    }

    private static SSLContext context(KeyStore keys) throws Exception {
        var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
