package io.apihub.operator.xds;

import static io.apihub.operator.xds.Samples.member;
import static io.apihub.operator.xds.Samples.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.process.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Envoy with our configuration does what the contract says. */
final class EnvoyAdsIT {

    private static final String CHAT = "/v1/chat/completions";

    private static Gateway gateway;

    private FakeUpstream upstream;
    private Pool pool;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        gateway = Gateway.start(Map.of());
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
    }

    @BeforeEach
    void publish() throws IOException, InterruptedException {
        upstream = FakeUpstream.start();
        pool = pool("pool/main", member("a", upstream.url()));
        gateway.publish(pool);
        gateway.authorizer().allowInto("pool/main");
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    @Test
    void aRequestPassesWithOurCredentialAndHost() throws IOException, InterruptedException {
        HttpResponse<String> answer =
                gateway.send(
                        gateway.good(CHAT + "?key=good&auth_token=x&kept=1", "{\"model\":\"m\"}")
                                .header("cookie", "a=b")
                                .header("x-api-key", "good")
                                .header("x-forwarded-for", "203.0.113.9")
                                .header("accept-encoding", "gzip")
                                .header("x-apihub-pool", "pool/forged"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map()).doesNotContainKey("set-cookie");
        assertThat(answer.headers().firstValue("x-content-type-options")).contains("nosniff");
        FakeUpstream.Asked asked = upstream.last();
        assertThat(asked.header("authorization")).isEqualTo("Bearer upstream-a");
        assertThat(asked.header("host")).isEqualTo(upstream.url().substring("http://".length()));
        assertThat(asked.target()).isEqualTo(CHAT + "?kept=1");
        assertThat(asked.body()).isEqualTo("{\"model\":\"m\"}");
        assertThat(asked.headers().keySet())
                .map(String::toLowerCase)
                .doesNotContain("cookie", "x-api-key", "x-forwarded-for", "accept-encoding")
                .doesNotContain("x-envoy-external-address")
                .noneMatch(name -> name.startsWith("x-apihub"));
    }

    @Test
    void noHeaderOfOursComesFromOutside() throws IOException, InterruptedException {
        gateway.send(
                gateway.to("/v1/models")
                        .header("authorization", "Bearer good")
                        .header("x-apihub-pool", "pool/main")
                        .header("x-apihub-reason", "forged"));

        assertThat(gateway.authorizer().seen())
                .allSatisfy(check ->
                        assertThat(check.getAttributes().getRequest().getHttp().getHeadersMap())
                                .doesNotContainKeys("x-apihub-pool", "x-apihub-reason"));
        assertThat(upstream.asked()).isEmpty();
    }

    @Test
    void aDenialIsTheChecksOwnWords() throws IOException, InterruptedException {
        HttpResponse<String> answer =
                gateway.send(gateway.to(CHAT).POST(BodyPublishers.ofString("{}")));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"error\":\"the check's own words\"}");
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(upstream.asked()).isEmpty();
    }

    @Test
    void modelsAreAnsweredByTheCheck() throws IOException, InterruptedException {
        HttpResponse<String> answer =
                gateway.send(gateway.to("/v1/models").header("authorization", "Bearer good"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("{\"models\":").hasSizeGreaterThan(60_000);
    }

    @Test
    void theCheckSeesDialectAndBodyOnEachRoute() throws IOException, InterruptedException {
        Map<String, String> dialects =
                Map.of(
                        CHAT,
                        "openai_chat",
                        "/v1/completions",
                        "openai_completions",
                        "/v1/messages",
                        "anthropic",
                        "/v1/messages/count_tokens",
                        "anthropic_count",
                        "/v1beta/models/m:generateContent",
                        "gemini",
                        "/v1/embeddings",
                        "openai_other",
                        "/v1/images/edits",
                        "openai_multipart");
        for (var entry : dialects.entrySet()) {
            gateway.authorizer().allowInto("pool/main");

            HttpResponse<String> answer = gateway.send(gateway.good(entry.getKey(), "{\"a\":1}"));

            assertThat(answer.statusCode()).as(entry.getKey()).isEqualTo(200);
            assertThat(gateway.authorizer().seen())
                    .last()
                    .satisfies(check -> {
                        assertThat(FakeAuthorizer.dialect(check.getAttributes()))
                                .isEqualTo(entry.getValue());
                        assertThat(FakeAuthorizer.longest(check.getAttributes()))
                                .isEqualTo("3660000");
                        assertThat(
                                        check.getAttributes()
                                                .getRequest()
                                                .getHttp()
                                                .getRawBody()
                                                .toStringUtf8())
                                .isEqualTo("{\"a\":1}");
                    });
        }
    }

    @Test
    void aLargeBodyNeedsALiveKeyFirst() throws IOException, InterruptedException {
        gateway.send(gateway.good(CHAT, "\"" + "x".repeat(70_000) + "\""));

        assertThat(gateway.authorizer().seen())
                .extracting(check ->
                        check.getAttributes().getContextExtensionsMap().containsKey("stage"))
                .containsExactly(true, false);
        assertThat(upstream.last().body()).hasSize(70_002);
    }

    @Test
    void splicesAreAppliedAndLargeBodiesToo() throws IOException, InterruptedException {
        gateway.authorizer().edit(9, 1, "other");
        gateway.send(gateway.good(CHAT, "{\"model\":m}"));
        assertThat(upstream.last().body()).isEqualTo("{\"model\":other}");

        String tail = "x".repeat(3_000_000);
        gateway.send(gateway.good(CHAT, "{\"model\":m,\"t\":\"" + tail + "\"}"));
        assertThat(upstream.last().body()).isEqualTo("{\"model\":other,\"t\":\"" + tail + "\"}");
        assertThat(upstream.last().header("content-length"))
                .isEqualTo(String.valueOf(upstream.last().body().length()));
    }

    @Test
    void aSpliceThatFailsRefusesTheRequest() throws IOException, InterruptedException {
        gateway.authorizer().edit(null, 1, "x");
        assertRefused(gateway.send(gateway.good(CHAT, "{\"model\":m}")), "gateway_error");
        gateway.authorizer().edit(5, 100, "x");
        assertRefused(gateway.send(gateway.good(CHAT, "{\"model\":m}")), "gateway_error");
        assertRefused(gateway.send(gateway.good("/v1/messages", "{\"model\":m}")), "\"api_error\"");
        assertRefused(
                gateway.send(gateway.good("/v1beta/models/m:generateContent", "{}")),
                "UNAVAILABLE");
        assertThat(upstream.asked()).isEmpty();
    }

    private static void assertRefused(HttpResponse<String> answer, String word) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).startsWith("{").contains(word);
        assertThat(answer.headers().allValues("x-should-retry")).containsExactly("true");
        assertThat(answer.headers().allValues("x-apihub-reason")).containsExactly("gateway_error");
    }

    @Test
    void anUpstreamThatRefusesOurCredentialIsABadGateway()
            throws IOException, InterruptedException {
        for (int refusal : new int[] {401, 403}) {
            upstream.answerWith(refusal);

            HttpResponse<String> answer = gateway.send(gateway.good(CHAT, "{}"));

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.headers().firstValue("x-apihub-reason"))
                    .contains("upstream_credential");
            assertThat(answer.headers().map()).doesNotContainKey("www-authenticate");
            assertThat(answer.body()).contains("\"code\":\"upstream_credential\"");
        }
        assertThat(gateway.send(gateway.good("/v1/messages", "{}")).body())
                .startsWith("{\"type\":\"error\"");
        assertThat(gateway.send(gateway.good("/v1beta/models/m:generateContent", "{}")).body())
                .contains("\"code\":502");
    }

    @Test
    void otherAnswersOfTheUpstreamPassUnchanged() throws IOException, InterruptedException {
        upstream.answerWith(429);

        HttpResponse<String> answer = gateway.send(gateway.good(CHAT, "{}"));

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body()).isEqualTo("{\"usage\":{\"total_tokens\":3}}");
    }

    @Test
    void aStreamOutlivesAChangeOfItsPool() throws IOException, InterruptedException {
        HttpResponse<InputStream> stream = gateway.open(gateway.good("/v1/responses", "{}"));
        byte[] first = stream.body().readNBytes("data: first\n\n".length());

        gateway.publish(
                pool("pool/main", member("a", upstream.url(), 0, 7), member("b", upstream.url())),
                pool("pool/new", member("c", upstream.url())));
        gateway.authorizer().allowInto("pool/new");
        assertThat(gateway.send(gateway.good(CHAT, "{}")).statusCode()).isEqualTo(200);
        upstream.release();

        assertThat(new String(first, StandardCharsets.UTF_8)).isEqualTo("data: first\n\n");
        assertThat(stream.body().readAllBytes())
                .isEqualTo("data: last\n\n".getBytes(StandardCharsets.UTF_8));
        assertThat(gateway.envoy().stat("listener_manager.listener_modified")).isZero();
        assertThat(gateway.envoy().stat("listener_manager.total_listeners_draining")).isZero();
    }

    @Test
    void aRefusedConfigurationIsReportedOnceAndTheNextOneGetsThrough()
            throws IOException, InterruptedException {
        PoolMember broken =
                new PoolMember(
                        "z",
                        Origin.of("https://z.example"),
                        new TlsTrust(Optional.of("no certificate"), Optional.empty()),
                        Optional.of(new Credential("Bearer z")),
                        new PoolMember.Share(0, 1, false));
        int before = gateway.sessions().refusals();

        gateway.offer(
                SnapshotBuilder.build(
                        Samples.topology(pool, pool("pool/broken", broken)), gateway.settings()));
        Await.until(
                "the refusal",
                Duration.ofSeconds(60),
                () -> gateway.sessions().refusals() > before);
        // A loop would make thousands in the time that these requests take.
        for (int i = 0; i < 50; i++) {
            gateway.send(gateway.good(CHAT, "{}"));
        }

        assertThat(gateway.sessions().refusals()).isEqualTo(before + 1);
        assertThat(gateway.sessions().words(XdsType.CLUSTERS).orElseThrow())
                .startsWith("gateway-under-test: ")
                .contains("pool/broken");
        gateway.publish(pool, pool("pool/after", member("z", upstream.url())));
        gateway.authorizer().allowInto("pool/after");
        assertThat(gateway.send(gateway.good(CHAT, "{}")).statusCode()).isEqualTo(200);
    }
}
