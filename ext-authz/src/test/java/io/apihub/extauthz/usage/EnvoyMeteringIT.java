package io.apihub.extauthz.usage;

import static io.apihub.extauthz.usage.ScriptedUpstream.events;
import static io.apihub.extauthz.usage.ScriptedUpstream.hanging;
import static io.apihub.extauthz.usage.ScriptedUpstream.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.nio.file.Path;
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

/** What a real Envoy says about real answers, good and bad: each is exactly one record. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnvoyMeteringIT {

    private static final String CHUNK =
            "data: {\"id\":\"c\",\"model\":\"small-1\",\"choices\":[{\"index\":0,\"delta\":"
                    + "{\"content\":\"word\"}}]}\n\n";
    private static final String CHAT_USAGE =
            "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":5,\"total_tokens\":16,"
                    + "\"prompt_tokens_details\":{\"cached_tokens\":4}}";
    private static final String USAGE_CHUNK =
            "data: {\"id\":\"c\",\"model\":\"small-1\",\"choices\":[]," + CHAT_USAGE + "}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private static final String CHAT = "/v1/chat/completions";
    private static final String RESPONSES = "/v1/responses";
    private static final String MESSAGES = "/v1/messages";
    private static final String GEMINI = "/v1beta/models/small:generateContent";

    private final EnvoyGateway gateway;

    EnvoyMeteringIT(@TempDir Path directory) {
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

    private static Tokens tokens(long input, long cached, long output) {
        return Tokens.newBuilder().setInput(input).setCachedInput(cached).setOutput(output).build();
    }

    static Stream<Arguments> whole() {
        return Stream.concat(openAi(), others());
    }

    private static Stream<Arguments> openAi() {
        var responses = "{\"model\":\"small-1\"," + responsesUsage() + "}";
        var completed =
                "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":"
                        + responses
                        + "}\n\n";
        var embeddings =
                "{\"object\":\"list\",\"data\":[],\"model\":\"small-1\",\"usage\":"
                        + "{\"prompt_tokens\":9,\"total_tokens\":9}}";
        return Stream.of(
                Arguments.of(CHAT, json(200, chatAnswer()), tokens(7, 4, 5)),
                Arguments.of(CHAT, events(CHUNK, USAGE_CHUNK, DONE), tokens(7, 4, 5)),
                Arguments.of(RESPONSES, json(200, responses), tokens(12, 8, 9)),
                Arguments.of(RESPONSES, events(completed), tokens(12, 8, 9)),
                Arguments.of("/v1/embeddings", json(200, embeddings), tokens(9, 0, 0)));
    }

    private static Stream<Arguments> others() {
        var usage = "\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":6,";
        var message = "{\"type\":\"message\",\"model\":\"small-1\"," + usage;
        var gemini =
                "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\"}]}}],\"usageMetadata\":"
                        + "{\"promptTokenCount\":11,\"candidatesTokenCount\":5,"
                        + "\"thoughtsTokenCount\":2,\"totalTokenCount\":16}}";
        var thought = tokens(11, 0, 5).toBuilder().setReasoning(2).build();
        return Stream.of(
                Arguments.of(
                        MESSAGES, json(200, message + "\"output_tokens\":7}}"), tokens(10, 6, 7)),
                Arguments.of(
                        MESSAGES,
                        events(
                                messageStart(usage + "\"output_tokens\":1}"),
                                messageDelta(7),
                                "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"),
                        tokens(10, 6, 7)),
                Arguments.of(GEMINI, json(200, gemini), thought),
                Arguments.of(GEMINI, events("data: " + gemini + "\n\n"), thought));
    }

    private static String chatAnswer() {
        return "{\"model\":\"small-1\",\"choices\":[{\"message\":{\"content\":\"w\"}}],"
                + CHAT_USAGE
                + "}";
    }

    private static String responsesUsage() {
        return "\"usage\":{\"input_tokens\":20,\"input_tokens_details\":{\"cached_tokens\":8},"
                + "\"output_tokens\":9,\"total_tokens\":29}";
    }

    private static String messageStart(String usage) {
        return "event: message_start\ndata: {\"type\":\"message_start\",\"message\":"
                + "{\"model\":\"small-1\","
                + usage
                + "}}\n\n";
    }

    private static String messageDelta(int output) {
        return "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":"
                + "{\"output_tokens\":"
                + output
                + "}}\n\n";
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("whole")
    void aWholeAnswerIsMeasured(String path, ScriptedUpstream.Script script, Tokens expected) {
        var settlement = gateway.exchange(path, script, EnvoyGateway.TO_THE_END);

        assertThat(settlement.getOutcome())
                .as(settlement.toString())
                .isEqualTo(Outcome.OUTCOME_MEASURED);
        assertThat(settlement.getTokens()).isEqualTo(expected);
        assertThat(settlement.getStatus()).isEqualTo(200);
    }

    @Test
    void whoHangsUpAtDoneIsMeasured() {
        var until = new CountDownLatch(1);
        var settlement = gateway.exchange(CHAT, hanging(until, CHUNK, USAGE_CHUNK, DONE), "[DONE]");
        until.countDown();

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_MEASURED);
        assertThat(settlement.getTokens()).isEqualTo(tokens(7, 4, 5));
        assertThat(settlement.getModelServed()).isEqualTo("small-1");
    }

    @Test
    void whoHangsUpMidStreamIsEstimated() {
        var until = new CountDownLatch(1);
        var settlement = gateway.exchange(CHAT, hanging(until, CHUNK, CHUNK), "word");
        until.countDown();

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_ESTIMATED);
        assertThat(settlement.getTokens().getOutput()).isBetween(1L, 2L);
        assertThat(settlement.getTokens().getInput()).isPositive();
        assertThat(settlement.getResponseFlags()).contains("DC");
    }

    @Test
    void whoHangsUpMidMessageIsMeasuredAsFarAsItWent() {
        var until = new CountDownLatch(1);
        var start = messageStart("\"usage\":{\"input_tokens\":10,\"output_tokens\":1}");
        var settlement = gateway.exchange(MESSAGES, hanging(until, start), "message_start");
        until.countDown();

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_ESTIMATED);
        assertThat(settlement.getTokens().getInput()).isEqualTo(10);
    }

    @Test
    void anUpstreamThatFailsBeforeItsFirstByteCostsNothing() {
        var settlement = gateway.exchange(CHAT, out -> {}, EnvoyGateway.TO_THE_END);

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_VOIDED);
        assertThat(settlement.getStatus()).isEqualTo(503);
    }

    @Test
    void anUpstreamThatFailsAfterItsFirstByteIsEstimated() {
        var until = new CountDownLatch(0);
        var settlement = gateway.exchange(CHAT, hanging(until, CHUNK), EnvoyGateway.TO_THE_END);

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_ESTIMATED);
        assertThat(settlement.getTokens().getOutput()).isEqualTo(1);
    }

    @Test
    void anErrorOfTheUpstreamCostsNothing() {
        for (int status : new int[] {400, 401, 429, 500, 529}) {
            var settlement =
                    gateway.exchange(
                            CHAT,
                            json(status, "{\"error\":{\"message\":\"no\"}}"),
                            EnvoyGateway.TO_THE_END);

            assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_VOIDED);
            // The gateway's script says 502 where an upstream refuses the gateway's credential.
            assertThat(settlement.getStatus()).isEqualTo(status == 401 ? 502 : status);
            assertThat(settlement.getUpstreamRequestId()).isEqualTo("abc");
        }
    }

    @Test
    void anAnswerWithoutUsageIsEstimated() {
        var text = "{\"choices\":[{\"message\":{\"content\":\"%s\"}}]}".formatted("w".repeat(80));
        assertThat(gateway.exchange(CHAT, json(200, text), EnvoyGateway.TO_THE_END).getOutcome())
                .isEqualTo(Outcome.OUTCOME_ESTIMATED);
        assertThat(
                        gateway.exchange(CHAT, events(CHUNK, DONE), EnvoyGateway.TO_THE_END)
                                .getOutcome())
                .isEqualTo(Outcome.OUTCOME_ESTIMATED);
        assertThat(
                        gateway.exchange(
                                        "/v1/audio/transcriptions",
                                        json(200, "{}"),
                                        EnvoyGateway.TO_THE_END)
                                .getOutcome())
                .as("a route without a protocol")
                .isEqualTo(Outcome.OUTCOME_ESTIMATED);
    }

    @Test
    void anEntryThatEndsWhileTheSinkIsDeadComesAfterItsRestart() {
        var until = new CountDownLatch(1);
        gateway.upstream().script(hanging(until, CHUNK, USAGE_CHUNK));
        var client = gateway.send(CHAT);
        EnvoyGateway.read(client, "usage");
        var before = gateway.records();

        gateway.killMetering();
        until.countDown();
        EnvoyGateway.read(client, EnvoyGateway.TO_THE_END);
        gateway.startMetering();

        Waiting.until("the record", () -> gateway.records() == before + 1);
        assertThat(gateway.last().getTokens()).isEqualTo(tokens(7, 4, 5));
        Waiting.until("all closed", () -> gateway.billing().closed().size() == 1);
        assertThat(gateway.records()).isEqualTo(before + 1);
    }
}
