package io.apihub.extauthz.usage;

import static io.apihub.extauthz.usage.ScriptedUpstream.events;
import static io.apihub.extauthz.usage.ScriptedUpstream.hanging;
import static io.apihub.extauthz.usage.ScriptedUpstream.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Usage that is out of the ordinary, or out of its mind, through a real Envoy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnvoyOddUsageIT {

    private static final String CHAT = "/v1/chat/completions";
    private static final String MESSAGES = "/v1/messages";
    private static final String GEMINI = "/v1beta/models/small:generateContent";

    private final EnvoyGateway gateway;

    EnvoyOddUsageIT(@TempDir Path directory) {
        gateway = new EnvoyGateway(directory);
    }

    @BeforeAll
    void start() {
        gateway.start();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    static Stream<Arguments> absurd() {
        return Stream.of(
                        "-5",
                        "1e300",
                        "99999999999999999999",
                        "9223372036854775807",
                        "1.5",
                        "\"11\"",
                        "[1]",
                        "true",
                        "{}",
                        "null",
                        "NaN")
                .flatMap(odd ->
                        Stream.of(
                                Arguments.of(odd, CHAT, chat(odd)),
                                Arguments.of(odd, GEMINI, gemini(odd)),
                                Arguments.of(odd, MESSAGES, message(odd))));
    }

    private static String chat(String odd) {
        return """
        {"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":%s,"completion_tokens":3}}\
        """
                .formatted(odd);
    }

    private static String gemini(String odd) {
        return """
        {"candidates":[],"usageMetadata":{"promptTokenCount":%s,"candidatesTokenCount":3}}\
        """
                .formatted(odd);
    }

    private static String message(String odd) {
        return """
        {"type":"message","model":"m","usage":{"input_tokens":%s,"output_tokens":3}}\
        """
                .formatted(odd);
    }

    /** Whatever an upstream says: one record for a human, and the stream goes on. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource
    void absurd(String odd, String path, String answer) {
        var inJson = gateway.exchange(path, json(200, answer), EnvoyGateway.TO_THE_END);
        var inEvents =
                gateway.exchange(
                        path,
                        events("data: " + answer + "\n\n", "data: [DONE]\n\n"),
                        EnvoyGateway.TO_THE_END);

        assertThat(inJson.getOutcome())
                .as(inJson.toString())
                .isEqualTo(Outcome.OUTCOME_QUARANTINED);
        assertThat(inJson.getNote()).isNotEmpty();
        // In events each figure can be looked at: one that is just not there is none that is odd.
        assertThat(inEvents.getOutcome())
                .as(inEvents.toString())
                .isEqualTo(
                        odd.equals("{}") || odd.equals("null")
                                ? Outcome.OUTCOME_ESTIMATED
                                : Outcome.OUTCOME_QUARANTINED);
        assertThat(inEvents.getNote()).isNotEmpty();
    }

    @Test
    void aMessageInJsonHasTheTwoCachesApart() {
        var answer =
                """
                {"type":"message","model":"m","content":[{"type":"text","text":"\\"ephemeral_1h_input_tokens\\":9"}],
                "usage":{"input_tokens":10,"output_tokens":7,"cache_creation_input_tokens":20,
                "cache_creation":{"ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":15}}}\
                """;
        int cut = answer.indexOf("1h_input_tokens\":15");

        for (var script :
                List.of(
                        json(200, answer),
                        json(answer.substring(0, cut), answer.substring(cut)),
                        json(answer.substring(0, cut + 18), answer.substring(cut + 18)))) {
            var settlement = gateway.exchange(MESSAGES, script, EnvoyGateway.TO_THE_END);

            assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_MEASURED);
            assertThat(settlement.getTokens())
                    .isEqualTo(
                            Tokens.newBuilder()
                                    .setInput(10)
                                    .setCacheWrite(5)
                                    .setCacheWrite1H(15)
                                    .setOutput(7)
                                    .build());
        }
    }

    @Test
    void aGeminiStreamThatIsCutOffIsEstimatedByWhatItSaidLast() {
        var until = new CountDownLatch(1);
        var chunk =
                "data: {\"candidates\":[],\"usageMetadata\":{\"promptTokenCount\":11,"
                        + "\"candidatesTokenCount\":%d}}\n\n";
        var settlement =
                gateway.exchange(
                        GEMINI,
                        hanging(until, chunk.formatted(2), chunk.formatted(4)),
                        "Count\":4");
        until.countDown();

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_ESTIMATED);
        assertThat(settlement.getTokens())
                .isEqualTo(Tokens.newBuilder().setInput(11).setOutput(4).build());
    }

    @Test
    void aGeminiStreamThatSaidItsLastWordIsMeasured() {
        var until = new CountDownLatch(1);
        var first =
                "data:"
                        + " {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\"}]}}],\"usageMetadata\":{\"promptTokenCount\":11,\"candidatesTokenCount\":2}}\n\n";
        var last = first.replace("}]}}]", "}]},\"finishReason\":\"STOP\"}]").replace(":2}", ":4}");
        var settlement = gateway.exchange(GEMINI, hanging(until, first, last), "Count\":4");
        until.countDown();

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_MEASURED);
        assertThat(settlement.getTokens())
                .isEqualTo(Tokens.newBuilder().setInput(11).setOutput(4).build());
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of("embeddings", "{\"prompt_tokens\":9,\"total_tokens\":9}", 9, 0),
                Arguments.of("rerank", "{\"total_tokens\":8}", 8, 0),
                Arguments.of("moderations", "{\"prompt_tokens\":4}", 4, 0),
                Arguments.of(
                        "images/generations",
                        "{\"input_tokens\":4,\"output_tokens\":6,\"total_tokens\":10}",
                        4,
                        6));
    }

    @ParameterizedTest
    @MethodSource
    void others(String path, String usage, long input, long output) {
        var settlement =
                gateway.exchange(
                        "/v1/" + path,
                        json(200, "{\"data\":[],\"usage\":" + usage + "}"),
                        EnvoyGateway.TO_THE_END);

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_MEASURED);
        assertThat(settlement.getTokens())
                .isEqualTo(Tokens.newBuilder().setInput(input).setOutput(output).build());
    }
}
