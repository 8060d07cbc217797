package io.apihub.extauthz.usage;

import static io.apihub.extauthz.usage.Logged.complete;
import static io.apihub.extauthz.usage.Logged.details;
import static io.apihub.extauthz.usage.Logged.json;
import static io.apihub.extauthz.usage.Logged.reasoning;
import static io.apihub.extauthz.usage.Logged.stream;
import static io.apihub.model.usage.Dialect.ANTHROPIC;
import static io.apihub.model.usage.Dialect.ANTHROPIC_COUNT;
import static io.apihub.model.usage.Dialect.GEMINI;
import static io.apihub.model.usage.Dialect.OPENAI_CHAT;
import static io.apihub.model.usage.Dialect.OPENAI_COMPLETIONS;
import static io.apihub.model.usage.Dialect.OPENAI_OTHER;
import static io.apihub.model.usage.Dialect.OPENAI_RESPONSES;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UInt64Value;
import io.apihub.envoy.data.ai.v3.TokenUsage.ExtractionStatus;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UsageExtractorTest {

    private static Tokens tokens(long input, long cached, long write, long write1h, long output) {
        return Tokens.newBuilder()
                .setInput(input)
                .setCachedInput(cached)
                .setCacheWrite(write)
                .setCacheWrite1H(write1h)
                .setOutput(output)
                .build();
    }

    private static Tokens thinking(Tokens tokens, long reasoning) {
        return tokens.toBuilder().setReasoning(reasoning).build();
    }

    static Stream<Arguments> measured() {
        return Stream.of(chat(), responses(), messages(), wholeMessages(), gemini(), others())
                .flatMap(cases -> cases);
    }

    private static Stream<Arguments> chat() {
        return Stream.of(
                Arguments.of(
                        "chat, JSON",
                        json(OPENAI_CHAT).counted(complete(11, 5)),
                        tokens(11, 0, 0, 0, 5)),
                Arguments.of(
                        "chat, cached and reasoning are parts",
                        stream(OPENAI_CHAT)
                                .counted(
                                        complete(100, 50)
                                                .setInputTokenDetails(details(64, 0))
                                                .setOutputTokenDetails(reasoning(20))),
                        thinking(tokens(36, 64, 0, 0, 50), 20)),
                Arguments.of(
                        "chat, hung up at [DONE]",
                        stream(OPENAI_CHAT)
                                .clientLeft()
                                .event(
                                        "usage",
                                        """
                                        {"prompt_tokens":11,"completion_tokens":5,"total_tokens":16,
                                        "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},
                                        "completion_tokens_details":{"reasoning_tokens":2}}\
                                        """),
                        thinking(tokens(7, 4, 0, 0, 5), 2)),
                Arguments.of(
                        "chat, from Gemini: thoughts are apart from completion",
                        stream(OPENAI_CHAT)
                                .event(
                                        "usage",
                                        """
                                        {"prompt_tokens":11,"completion_tokens":3,"total_tokens":20,
                                        "completion_tokens_details":{"reasoning_tokens":6}}\
                                        """),
                        thinking(tokens(11, 0, 0, 0, 9), 6)),
                Arguments.of(
                        "completions, partly parsed: the event counts",
                        stream(OPENAI_COMPLETIONS)
                                .counted(
                                        complete(1, 1)
                                                .setExtractionStatus(ExtractionStatus.PARTIAL))
                                .event("usage", "{\"prompt_tokens\":3,\"completion_tokens\":2}"),
                        tokens(3, 0, 0, 0, 2)));
    }

    private static Stream<Arguments> responses() {
        return Stream.of(
                Arguments.of(
                        "responses, hung up at the end",
                        stream(OPENAI_RESPONSES)
                                .clientLeft()
                                .event(
                                        "response_usage",
                                        """
                                        {"input_tokens":20,"input_tokens_details":{"cached_tokens":8},
                                        "output_tokens":9,"output_tokens_details":{"reasoning_tokens":4},
                                        "total_tokens":29}\
                                        """),
                        thinking(tokens(12, 8, 0, 0, 9), 4)));
    }

    private static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of(
                        "messages, hung up at the end: the delta is cumulative",
                        stream(ANTHROPIC)
                                .clientLeft()
                                .event(
                                        "message_usage",
                                        """
                                        {"input_tokens":10,"cache_creation_input_tokens":20,
                                        "cache_read_input_tokens":100,"cache_creation":{
                                        "ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":0},
                                        "output_tokens":3}\
                                        """)
                                .event("usage", "{\"output_tokens\":40}"),
                        tokens(10, 100, 20, 0, 40)),
                Arguments.of(
                        "messages made from OpenAI: all stands in the delta",
                        stream(ANTHROPIC)
                                .event("message_usage", "{\"input_tokens\":0,\"output_tokens\":0}")
                                .event(
                                        "usage",
                                        """
                                        {"input_tokens":10,"cache_read_input_tokens":6,
                                        "output_tokens":7}\
                                        """),
                        tokens(10, 6, 0, 0, 7)));
    }

    private static Stream<Arguments> wholeMessages() {
        return Stream.of(
                Arguments.of(
                        "messages, JSON: Envoy adds the cache to the input",
                        json(ANTHROPIC)
                                .counted(complete(130, 40).setInputTokenDetails(details(100, 20))),
                        tokens(10, 100, 20, 0, 40)),
                Arguments.of(
                        "messages, SSE: the event tells one hour from five minutes",
                        stream(ANTHROPIC)
                                .counted(complete(130, 40).setInputTokenDetails(details(100, 20)))
                                .event(
                                        "message_usage",
                                        """
                                        {"input_tokens":10,"cache_creation_input_tokens":20,
                                        "cache_read_input_tokens":100,"cache_creation":{
                                        "ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":15},
                                        "output_tokens":1}\
                                        """),
                        tokens(10, 100, 5, 15, 40)));
    }

    private static Stream<Arguments> gemini() {
        return Stream.of(
                Arguments.of(
                        "messages, JSON: what went to the cache of one hour is apart",
                        json(ANTHROPIC)
                                .counted(complete(30, 7).setInputTokenDetails(details(4, 20)))
                                .event(
                                        "json.usage",
                                        """
                                        {"cache_creation":{"ephemeral_1h_input_tokens":15}}\
                                        """),
                        tokens(6, 4, 5, 15, 7)),
                Arguments.of(
                        "gemini, JSON: thoughts are a part of output",
                        json(GEMINI)
                                .counted(
                                        complete(11, 7)
                                                .setOutputTokenDetails(reasoning(2))
                                                .setProviderTotalTokens(UInt64Value.of(18))),
                        thinking(tokens(11, 0, 0, 0, 7), 2)),
                Arguments.of(
                        "gemini made from OpenAI: thoughts were counted twice",
                        json(GEMINI)
                                .counted(
                                        complete(11, 7)
                                                .setOutputTokenDetails(reasoning(2))
                                                .setProviderTotalTokens(UInt64Value.of(16))),
                        thinking(tokens(11, 0, 0, 0, 5), 2)),
                Arguments.of(
                        "gemini, ended, but Envoy did not count",
                        stream(GEMINI)
                                .event(
                                        "gemini_usage",
                                        """
                                        {"promptTokenCount":11,"candidatesTokenCount":5,
                                        "thoughtsTokenCount":2,"cachedContentTokenCount":3,
                                        "totalTokenCount":18}\
                                        """),
                        thinking(tokens(8, 3, 0, 0, 7), 2)),
                Arguments.of(
                        "gemini, the input of tools is apart",
                        stream(GEMINI)
                                .event(
                                        "gemini_usage",
                                        """
                                        {"promptTokenCount":11,"candidatesTokenCount":5,
                                        "toolUsePromptTokenCount":9,"totalTokenCount":25}\
                                        """),
                        tokens(20, 0, 0, 0, 5)));
    }

    private static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(
                        "embeddings write nothing",
                        json(OPENAI_OTHER).counted(complete(9, 0)),
                        tokens(9, 0, 0, 0, 0)),
                Arguments.of(
                        "a short answer may be empty",
                        json(OPENAI_CHAT).bytes(600).counted(complete(9, 0)),
                        tokens(9, 0, 0, 0, 0)),
                Arguments.of(
                        "an error with usage was served",
                        json(OPENAI_CHAT).status(500).counted(complete(9, 1)),
                        tokens(9, 0, 0, 0, 1)),
                Arguments.of(
                        "counting tokens is free",
                        json(ANTHROPIC_COUNT).free(),
                        Tokens.getDefaultInstance()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void measured(String name, Logged logged, Tokens expected) {
        var settlement = logged.extract();

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_MEASURED);
        assertThat(settlement.getTokens()).isEqualTo(expected);
        assertThat(settlement.getNote()).isEmpty();
    }

    static Stream<Arguments> estimated() {
        return Stream.concat(cutOff(), withoutUsage());
    }

    private static Stream<Arguments> cutOff() {
        return Stream.of(
                Arguments.of(
                        "the input is missing",
                        stream(OPENAI_CHAT).counted(complete(0, 30)),
                        tokens(300, 0, 0, 0, 30)),
                Arguments.of(
                        "gemini, hung up: the events that passed count, and no more is known",
                        stream(GEMINI)
                                .clientLeft()
                                .event(
                                        "gemini_usage",
                                        "{\"promptTokenCount\":11,\"candidatesTokenCount\":5}"),
                        tokens(11, 0, 0, 0, 5)),
                Arguments.of(
                        "gemini, hung up before the first count of the output",
                        stream(GEMINI)
                                .clientLeft()
                                .bytes(2400)
                                .event("gemini_usage", "{\"promptTokenCount\":11}"),
                        tokens(11, 0, 0, 0, 24)));
    }

    private static Stream<Arguments> withoutUsage() {
        return Stream.of(
                Arguments.of(
                        "chat, left mid-stream: nothing was counted",
                        stream(OPENAI_CHAT).clientLeft().bytes(5000),
                        tokens(300, 0, 0, 0, 20)),
                Arguments.of(
                        "the estimate stays within the hold",
                        stream(OPENAI_CHAT).bytes(9_000_000),
                        tokens(300, 0, 0, 0, 1000)),
                Arguments.of(
                        "chat, JSON without usage",
                        json(OPENAI_CHAT).bytes(4000),
                        tokens(300, 0, 0, 0, 1000)),
                Arguments.of(
                        "left before the first byte: the upstream has read it",
                        json(OPENAI_CHAT).unanswered().clientLeft().status(0),
                        tokens(300, 0, 0, 0, 0)),
                Arguments.of(
                        "messages, left mid-stream: the input is known",
                        stream(ANTHROPIC)
                                .clientLeft()
                                .bytes(2400)
                                .event(
                                        "message_usage",
                                        "{\"input_tokens\":17,\"output_tokens\":1}"),
                        tokens(17, 0, 0, 0, 20)),
                Arguments.of(
                        "messages, text flowed and output is 0",
                        stream(ANTHROPIC).bytes(2400).counted(complete(17, 0)),
                        tokens(17, 0, 0, 0, 20)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void estimated(String name, Logged logged, Tokens expected) {
        var settlement = logged.extract();

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_ESTIMATED);
        assertThat(settlement.getTokens()).isEqualTo(expected);
        assertThat(settlement.getNote()).isNotEmpty();
    }

    static Stream<Arguments> voided() {
        return Stream.of(
                Arguments.of("no upstream", stream(OPENAI_CHAT).unreached().status(503)),
                Arguments.of(
                        "client left before anything was sent",
                        stream(OPENAI_CHAT).unreached().clientLeft().status(0)),
                Arguments.of("upstream reset", stream(OPENAI_CHAT).unanswered().status(503)),
                Arguments.of("upstream 400", json(OPENAI_CHAT).status(400).bytes(200)),
                Arguments.of(
                        "our credential refused",
                        json(OPENAI_CHAT).status(502).credentialRefused()),
                Arguments.of("upstream 529", json(ANTHROPIC).status(529).bytes(20_000)),
                Arguments.of("free and refused", json(ANTHROPIC_COUNT).free().status(404)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void voided(String name, Logged logged) {
        var settlement = logged.extract();

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_VOIDED);
        assertThat(settlement.getTokens()).isEqualTo(Tokens.getDefaultInstance());
    }

    static Stream<Arguments> quarantined() {
        return Stream.of(
                Arguments.of(
                        "more than the model", json(OPENAI_CHAT).counted(complete(9000, 2000))),
                Arguments.of("more than 63 bits", json(OPENAI_CHAT).counted(complete(-1, 2))),
                Arguments.of(
                        "negative",
                        stream(OPENAI_CHAT)
                                .event("usage", "{\"prompt_tokens\":-5,\"completion_tokens\":2}")),
                Arguments.of(
                        "not a number of tokens",
                        stream(OPENAI_CHAT)
                                .event(
                                        "usage",
                                        "{\"prompt_tokens\":1e300,\"completion_tokens\":2}")),
                Arguments.of(
                        "a text",
                        stream(OPENAI_CHAT)
                                .event(
                                        "usage",
                                        "{\"prompt_tokens\":\"7\",\"completion_tokens\":2}")),
                Arguments.of(
                        "an object",
                        stream(GEMINI).event("gemini_usage", "{\"promptTokenCount\":{}}")),
                Arguments.of("not JSON", stream(OPENAI_CHAT).event("usage", "{\"prompt_tokens\":")),
                Arguments.of(
                        "overflow",
                        stream(ANTHROPIC)
                                .event(
                                        "usage",
                                        """
                                        {"input_tokens":9223372036854775807,
                                        "cache_read_input_tokens":9223372036854775807,
                                        "output_tokens":9223372036854775807}\
                                        """)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void quarantined(String name, Logged logged) {
        var settlement = logged.extract();

        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_QUARANTINED);
        assertThat(settlement.getNote()).isNotEmpty();
    }

    @Test
    void theRecordTellsTheWholeExchange() {
        UsageRecord settlement = json(OPENAI_CHAT).counted(complete(11, 5)).extract();

        assertThat(settlement.getModelServed()).isEqualTo("served");
        assertThat(settlement.getUpstream()).isEqualTo("127.0.0.1:8317");
        assertThat(settlement.getUpstreamRequestId()).isEqualTo("trace");
        assertThat(settlement.getStatus()).isEqualTo(200);
        assertThat(settlement.getFirstByteAtMillis()).isEqualTo(1100);
        assertThat(settlement.getFinishedAtMillis()).isEqualTo(1500);
        assertThat(settlement.getResponseBytes()).isEqualTo(5000);
    }
}
