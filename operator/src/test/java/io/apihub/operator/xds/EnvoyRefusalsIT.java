package io.apihub.operator.xds;

import static io.apihub.operator.xds.Samples.member;
import static io.apihub.operator.xds.Samples.pool;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import io.apihub.dev.process.Await;
import io.apihub.dev.process.Ports;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a real Envoy says by itself, and what it lets nobody reach. */
final class EnvoyRefusalsIT {

    private static final String CHAT = "/v1/chat/completions";
    private static final String MESSAGES = "/v1/messages";
    private static final String GEMINI = "/v1beta/models/m:generateContent";

    private static FakeUpstream billing;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        billing = FakeUpstream.start();
        gateway =
                Gateway.start(
                        Map.of("billingAddress", billing.url().substring("http://".length())),
                        pool("pool/dead", member("a", "http://127.0.0.1:" + Ports.free())));
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        billing.close();
    }

    @Test
    void noUpstreamIsSaidInTheDialect() throws IOException, InterruptedException {
        for (String name : List.of("pool/dead", "pool/unheard-of")) {
            gateway.authorizer().allowInto(name);
            HttpResponse<String> openai = gateway.send(gateway.good(CHAT, "{}"));
            HttpResponse<String> anthropic = gateway.send(gateway.good(MESSAGES, "{}"));
            HttpResponse<String> gemini = gateway.send(gateway.good(GEMINI, "{}"));

            assertThat(error(openai, 503).get("code").getAsString())
                    .isEqualTo("upstream_unavailable");
            assertThat(error(openai, 503).get("param").isJsonNull()).isTrue();
            assertThat(error(anthropic, 503).get("type").getAsString()).isEqualTo("api_error");
            assertThat(error(gemini, 503).get("code").getAsInt()).isEqualTo(503);
            assertThat(error(gemini, 503).get("status").getAsString()).isEqualTo("UNAVAILABLE");
            for (HttpResponse<String> answer : List.of(openai, anthropic, gemini)) {
                assertHeaders(answer, "true", "upstream_unavailable");
            }
        }
    }

    @Test
    void aBodyThatIsTooLargeIsSaidInTheDialect() throws IOException, InterruptedException {
        String body = "x".repeat(33 * 1024 * 1024);
        HttpResponse<String> openai = gateway.send(gateway.good(CHAT, body));
        HttpResponse<String> anthropic = gateway.send(gateway.good(MESSAGES, body));
        HttpResponse<String> gemini = gateway.send(gateway.good(GEMINI, body));

        assertThat(error(openai, 413).get("code").getAsString()).isEqualTo("body_too_large");
        assertThat(error(anthropic, 413).get("type").getAsString()).isEqualTo("request_too_large");
        assertThat(error(gemini, 413).get("status").getAsString()).isEqualTo("INVALID_ARGUMENT");
        for (HttpResponse<String> answer : List.of(openai, anthropic, gemini)) {
            assertHeaders(answer, "false", "body_too_large");
        }
    }

    @Test
    void whatIsNotListedDoesNotExist() throws IOException, InterruptedException {
        for (String path :
                List.of(
                        "/v0/management",
                        "/v0/management/config",
                        "/v1/ws",
                        "/v1",
                        "/vx",
                        "/management.html",
                        "/keep-alive",
                        "/google/callback",
                        "/v1/chat/completions/x",
                        "/api/../v0/management",
                        "/assets/..;/v0/management")) {
            assertThat(gateway.statusLine(get(path))).as(path).startsWith("HTTP/1.1 404");
        }
        assertThat(error(gateway.send(gateway.to("/v9")), 404).get("code").getAsString())
                .isEqualTo("unknown_path");
        assertThat(error(gateway.send(gateway.to("/v1/messages/x")), 404).get("type").getAsString())
                .isEqualTo("not_found_error");
        assertThat(error(gateway.send(gateway.to("/v1beta/x")), 404).get("status").getAsString())
                .isEqualTo("NOT_FOUND");
        assertThat(
                        error(
                                        gateway.send(
                                                gateway.to("/v1/models/a/b")
                                                        .header("anthropic-version", "1")),
                                        404)
                                .get("type")
                                .getAsString())
                .isEqualTo("not_found_error");
        assertHeaders(gateway.send(gateway.to("/v9")), "false", "unknown_path");
        assertThat(gateway.send(gateway.to(CHAT)).statusCode()).as("GET").isEqualTo(404);
        assertThat(gateway.statusLine(get("/v1%2fmodels"))).startsWith("HTTP/1.1 400");
    }

    @Test
    void upgradesAreRefused() throws IOException {
        String websocket =
                """
                GET /v1/models HTTP/1.1
                host: gateway
                connection: upgrade
                upgrade: websocket
                sec-websocket-version: 13
                sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==

                """;

        assertThat(gateway.statusLine(websocket.replace("\n", "\r\n"))).startsWith("HTTP/1.1 403");
    }

    @Test
    void thePortalIsBillingsWithItsCookiesAndSmallBodies()
            throws IOException, InterruptedException {
        for (String path :
                List.of(
                        "/",
                        "/assets/a.js",
                        "/api/v1/x",
                        "/k8s/x",
                        "/docs",
                        "/pay/epay/notify?a=b",
                        "/.well-known/jwks.json")) {
            HttpResponse<String> answer =
                    gateway.send(
                            gateway.to(path)
                                    .header("cookie", "session=1")
                                    .header("authorization", "Bearer jwt"));
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("set-cookie")).contains("upstream=1");
            assertThat(billing.last().target()).isEqualTo(path);
            assertThat(billing.last().header("cookie")).isEqualTo("session=1");
            assertThat(billing.last().header("authorization")).isEqualTo("Bearer jwt");
        }
        assertThat(gateway.send(post("/api/v1/x", 1_000_000)).statusCode()).isEqualTo(200);
        assertThat(gateway.send(post("/api/v1/x", 1_100_000)).statusCode()).isEqualTo(413);
    }

    private static HttpRequest.Builder post(String path, int bytes) {
        return gateway.to(path).POST(BodyPublishers.ofString("x".repeat(bytes)));
    }

    @Test
    void envoyLivesWithoutTheAuthorizerButSaysThatItCannotCheck()
            throws IOException, InterruptedException {
        try (Gateway lonely = Gateway.start(Map.of())) {
            assertThat(lonely.send(lonely.to("/readyz")).statusCode()).isEqualTo(200);
            lonely.authorizer().close();

            Await.until(
                    "readiness to go",
                    Duration.ofSeconds(60),
                    () -> lonely.send(lonely.to("/readyz")).statusCode() == 503);
            assertThat(lonely.send(lonely.to("/healthz")).body()).isEqualTo("ok");
            HttpResponse<String> openai = lonely.send(lonely.good(CHAT, "{}"));
            HttpResponse<String> anthropic = lonely.send(lonely.good(MESSAGES, "{}"));
            HttpResponse<String> gemini = lonely.send(lonely.good(GEMINI, "{}"));

            assertThat(error(openai, 503).get("code").getAsString())
                    .isEqualTo("authorizer_unavailable");
            assertThat(error(anthropic, 529).get("type").getAsString())
                    .isEqualTo("overloaded_error");
            assertThat(error(gemini, 503).get("status").getAsString()).isEqualTo("UNAVAILABLE");
            for (HttpResponse<String> answer : List.of(openai, anthropic, gemini)) {
                assertHeaders(answer, "true", "authorizer_unavailable");
                assertThat(answer.headers().allValues("retry-after")).containsExactly("1");
            }
        }
    }

    @Test
    void aBodyThatTricklesIsGivenUp() throws IOException, InterruptedException {
        try (Gateway impatient = Gateway.start(EnvoyRefusalsIT::inASecondInsteadOfAMinute)) {
            String begun =
                    """
                    POST /v1/chat/completions HTTP/1.1
                    host: gateway
                    authorization: Bearer good
                    content-length: 1000

                    {"model":"m",\
                    """;

            assertThat(impatient.statusLine(begun.replace("\n", "\r\n")))
                    .startsWith("HTTP/1.1 408");
            assertThat(impatient.authorizer().seen()).isEmpty();
        }
    }

    private static EnvoyConfig inASecondInsteadOfAMinute(EnvoyConfig config) {
        var listener = config.listener().toBuilder();
        var filter = listener.getFilterChainsBuilder(0).getFiltersBuilder(0);
        try {
            var manager = filter.getTypedConfig().unpack(HttpConnectionManager.class).toBuilder();
            assertThat(manager.getRequestTimeout()).isEqualTo(Durations.fromSeconds(60));
            manager.setRequestTimeout(Durations.fromSeconds(1));
            filter.setTypedConfig(Any.pack(manager.build()));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        return new EnvoyConfig(
                listener.build(), config.routes(), config.clusters(), config.secrets());
    }

    private static JsonObject error(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        return JsonParser.parseString(answer.body()).getAsJsonObject().getAsJsonObject("error");
    }

    private static void assertHeaders(HttpResponse<String> answer, String retry, String reason) {
        assertThat(answer.headers().allValues("x-should-retry")).containsExactly(retry);
        assertThat(answer.headers().allValues("x-apihub-reason")).containsExactly(reason);
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nhost: gateway\r\n\r\n";
    }
}
