package io.apihub.operator.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.dev.process.Await;
import io.apihub.operator.xds.ContentHash;
import io.apihub.operator.xds.FakeUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From kubectl apply to a request that an upstream sees, and back to status. */
final class UpstreamsIT {

    private static final Map<String, String> LABEL = Map.of(UpstreamSecrets.LABEL, "true");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static OperatorUnderTest operator;
    private static FakeUpstream server;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = FakeUpstream.start();
        operator = new OperatorUnderTest();
    }

    @AfterAll
    static void stop() throws IOException {
        operator.close();
        server.close();
    }

    @AfterEach
    void clean() throws InterruptedException {
        operator.acked(Long.MAX_VALUE);
        operator.client().resources(Upstream.class).delete();
        Await.until("no models", PATIENCE, () -> operator.models().isEmpty());
    }

    @Test
    void anUpstreamWaitsForItsSecretThenServes() throws IOException, InterruptedException {
        operator.apply(upstream("cpa", server.url(), "gpt-4o", "{secretRef: {name: later}}"));
        operator.await("cpa", "Ready", "False CredentialMissing");
        operator.await("cpa", "Programmed", "Unknown NotInForce");
        assertThat(operator.models()).isEmpty();

        operator.secret("later", Map.of(), Map.of("api-key", "s3cret"));
        operator.secret("later", LABEL, Map.of("api-key", "s3cret"));

        operator.await("cpa", "Ready", "True InForce");
        operator.await("cpa", "Programmed", "True Programmed");
        Await.until("the model", PATIENCE, () -> operator.models().contains("gpt-4o"));
        operator.allowInto(poolOf("cpa"));
        operator.awaitServed();
        assertThat(server.last().header("authorization")).isEqualTo("Bearer s3cret");

        operator.secret("later", LABEL, Map.of("api-key", "rotated"));
        Await.until(
                "the new credential",
                PATIENCE,
                () -> {
                    operator.chat();
                    return server.last().header("authorization").equals("Bearer rotated");
                });
    }

    @Test
    void whatEnvoyRefusesIsSaidInItsWordsAndHoldsUpNobody()
            throws IOException, InterruptedException {
        operator.secret("bad-ca", LABEL, Map.of("ca.crt", "no certificate"));
        operator.apply(
                upstream("bad", "https://bad.example", "bad-model", null)
                        + "  tls: {caSecretRef: {name: bad-ca}}\n");
        assertThat(operator.await("bad", "Programmed", "False Rejected"))
                .contains(poolOf("bad"))
                .contains("certificate");
        assertThat(operator.await("bad", "Ready", "True InForce")).isNotEmpty();

        operator.apply(upstream("good", server.url(), "good-model", null));

        operator.await("good", "Programmed", "True Programmed");
        Await.until("the model", PATIENCE, () -> operator.models().contains("good-model"));
        assertThat(operator.models()).doesNotContain("bad-model");
        operator.allowInto(poolOf("good"));
        operator.awaitServed();

        operator.apply(upstream("bad", "http://bad.example", "bad-model", null));
        operator.await("bad", "Programmed", "True Programmed");
        Await.until("the model", PATIENCE, () -> operator.models().contains("bad-model"));
    }

    @Test
    void programmedWaitsForPostgresAndForEveryFeed() throws Exception {
        operator.acked(0);
        try (var lock = operator.lockModels()) {
            operator.apply(upstream("slow", server.url(), "slow-model", null));
            assertThat(operator.await("slow", "Programmed", "Unknown Pending", "slow-model"))
                    .contains("registry");
            operator.heartbeat(0, Instant.now().minusSeconds(60));
            lock.rollback();
        }
        assertThat(operator.await("slow", "Programmed", "False GatewayUnreachable"))
                .contains("gateway-under-test")
                .contains("without revision");

        operator.acked(0);
        operator.await("slow", "Programmed", "Unknown Pending");
        operator.acked(Long.MAX_VALUE);

        assertThat(operator.await("slow", "Programmed", "True Programmed"))
                .matches("revision \\d+ and its pools on 1 gateway after \\d+ ms");
    }

    @Test
    void aModelWithoutAPriceIsNamedUntilABookHasOne() throws InterruptedException {
        operator.apply(upstream("costly", server.url(), "gpt-4o", null));
        operator.await("costly", "Priced", "False NoPriceBook");

        operator.inForce("cheap", "gemini-*", "gpt-4");
        assertThat(operator.await("costly", "Priced", "False ModelsNotPriced"))
                .contains("PriceBook cheap", "gpt-4o");
        assertThat(operator.condition("costly", "Ready").orElseThrow().status()).isEqualTo("True");

        operator.inForce("dear", "gpt-*");
        assertThat(operator.await("costly", "Priced", "True Priced")).contains("dear");
    }

    @Test
    void theLaterOfTwoThatDisagreeIsStalled() throws InterruptedException {
        operator.apply(upstream("a-first", server.url(), "m, upstreamName: one", null));
        operator.await("a-first", "Ready", "True InForce");

        operator.apply(upstream("b-second", server.url(), "m, upstreamName: two", null));

        assertThat(operator.await("b-second", "Ready", "False ModelNameConflict"))
                .contains("a-first");
        operator.await("b-second", "Stalled", "True ModelNameConflict");
        operator.client().resources(Upstream.class).withName("a-first").delete();
        operator.await("b-second", "Ready", "True InForce");
        assertThat(operator.condition("b-second", "Stalled")).isEmpty();
    }

    @Test
    void nothingIsWrittenWhenNothingChanges() throws InterruptedException {
        operator.apply(upstream("still", server.url(), "m", null));
        operator.await("still", "Programmed", "True Programmed");
        String before = version("still");

        for (int i = 0; i < 20; i++) {
            operator.upstreams().sessionsChanged();
        }
        // A change elsewhere makes a full round of planning and status.
        operator.apply(upstream("other", server.url(), "n", null));
        operator.await("other", "Programmed", "True Programmed");

        assertThat(version("still")).isEqualTo(before);
        assertThat(operator.condition("still", "Healthy"))
                .as("what nobody reports is not said")
                .isEmpty();
    }

    private static String version(String name) {
        return operator.client()
                .resources(Upstream.class)
                .withName(name)
                .get()
                .getMetadata()
                .getResourceVersion();
    }

    private static String poolOf(String upstream) {
        return "pool/" + ContentHash.of(upstream.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    }

    private static String upstream(
            String name, String url, String model, @Nullable String credential) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: Upstream
        metadata: {name: %s}
        spec:
          url: %s
          protocols: [OpenAIChat]
          models: [{name: %s, contextTokens: 1000, maxOutputTokens: 100}]
        """
                        .formatted(name, url, model)
                + (credential == null ? "" : "  credential: " + credential + "\n");
    }
}
