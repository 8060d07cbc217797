package io.apihub.operator.xds;

import static io.apihub.operator.xds.Samples.member;
import static io.apihub.operator.xds.Samples.pool;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.apihub.dev.process.Await;
import io.apihub.envoy.data.ai.v3.TokenUsage;
import io.apihub.envoy.data.ai.v3.TokenUsage.ExtractionStatus;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the log entries of a real Envoy with our configuration say about usage. */
class EnvoyUsageIT {

    private static Gateway gateway;
    private static FakeUpstream upstream;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        upstream = FakeUpstream.start();
        gateway = Gateway.start(Map.of(), pool("pool/u", member("u", upstream.url())));
        gateway.authorizer().allowInto("pool/u");
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"embeddings", "moderations", "rerank", "images/generations"})
    void otherRoutesAreMeasuredWhereTheAnswerHasUsage(String path) throws Exception {
        var metadata = ask("/v1/" + path, "{\"usage\":{\"prompt_tokens\":9,\"total_tokens\":9}}");

        var usage =
                metadata.getTypedFilterMetadataOrThrow("envoy.ai.token_usage")
                        .unpack(TokenUsage.class);
        assertThat(usage.getExtractionStatus()).isEqualTo(ExtractionStatus.COMPLETE);
        assertThat(usage.getInputTokens().getValue()).isEqualTo(9);
        assertThat(usage.getOutputTokens().getValue()).isZero();
    }

    @Test
    void aMessageInJsonSaysWhatWentToTheCacheOfOneHour() throws Exception {
        var metadata =
                ask(
                        "/v1/messages",
                        """
                        {"type":"message","content":[{"type":"text",
                          "text":"a quote: \\"ephemeral_1h_input_tokens\\": 99"}],
                        "usage":{"input_tokens":10,"output_tokens":7,"cache_creation_input_tokens":20,
                          "cache_creation":{"ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":15}}}
                        """);

        assertThat(found(metadata))
                .isEqualTo("{\"cache_creation\":{\"ephemeral_1h_input_tokens\":15}}");
    }

    @Test
    void nothingIsReadFromOtherAnswers() throws Exception {
        var body = "{\"usage\":{\"cache_creation\":{\"ephemeral_1h_input_tokens\":15}}}";

        assertThat(found(ask("/v1/chat/completions", body))).isEmpty();
    }

    @Test
    void theEntryNamesTheUpstreamAndSaysThatItRefusedOurCredential() throws Exception {
        upstream.answerWith(401);
        try {
            int before = gateway.usage().entries().size();
            gateway.send(gateway.good("/v1/chat/completions", "{}"));
            Await.until(
                    "the log entry",
                    Duration.ofSeconds(60),
                    () -> gateway.usage().entries().size() > before);
        } finally {
            upstream.answerWith(200);
        }
        var entry = gateway.usage().entries().getLast().getCommonProperties();

        assertThat(entry.getCustomTagsMap()).containsEntry("upstream", "u");
        assertThat(
                        entry.getMetadata()
                                .getFilterMetadataOrThrow("apihub.lua")
                                .getFieldsOrThrow("credential_refused")
                                .getBoolValue())
                .isTrue();
    }

    private static Metadata ask(String path, String answer) throws Exception {
        upstream.answerWith(answer);
        int before = gateway.usage().entries().size();
        var response = gateway.send(gateway.good(path, "{}"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(answer);
        Await.until(
                "the log entry",
                Duration.ofSeconds(60),
                () -> gateway.usage().entries().size() > before);
        return gateway.usage().entries().getLast().getCommonProperties().getMetadata();
    }

    private static String found(Metadata metadata) {
        return metadata
                .getFilterMetadataOrDefault("apihub.json", Struct.getDefaultInstance())
                .getFieldsMap()
                .entrySet()
                .stream()
                .map(entry -> entry.getValue().getStringValue())
                .findFirst()
                .orElse("");
    }
}
