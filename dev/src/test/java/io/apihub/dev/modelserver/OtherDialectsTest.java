package io.apihub.dev.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OtherDialectsTest {

    private static final String GEMINI = "/v1beta/models/g:";

    private static ModelServer server;
    private static Client client;

    @BeforeAll
    static void start() {
        server = ModelServer.start(0);
        client = Client.of(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String messages(String prompt, String more) {
        return """
        {"model":"c","max_tokens":100,"system":[{"type":"text","text":"Be brief."}],
         "messages":[{"role":"user","content":"%s"}]%s}\
        """
                .formatted(prompt, more);
    }

    private static String contents(String prompt, String more) {
        return """
        {"contents":[{"role":"user","parts":[{"text":"%s"}]}]%s}\
        """
                .formatted(prompt, more);
    }

    @Test
    void messagesKeepCachedTokensApart() throws IOException {
        JsonNode usage =
                client.json(
                                "/v1/messages",
                                messages(
                                        "a b [[words=5]] [[cached=3]] [[cache-write=2]]"
                                                + " [[cache-write-1h=1]]",
                                        ""))
                        .path("usage");

        // 2 + 6 words, 3 for each of the two messages, less 3 + 2 + 1.
        assertThat(usage.path("input_tokens").asInt()).isEqualTo(8);
        assertThat(usage.path("cache_read_input_tokens").asInt()).isEqualTo(3);
        assertThat(usage.path("cache_creation_input_tokens").asInt()).isEqualTo(3);
        assertThat(usage.at("/cache_creation/ephemeral_1h_input_tokens").asInt()).isEqualTo(1);
        assertThat(usage.path("output_tokens").asInt()).isEqualTo(5);
    }

    @Test
    void messagesStreamTheirEventsInOrder() throws IOException {
        var events = client.events("/v1/messages", messages("[[words=2]]", ",\"stream\":true"));

        assertThat(events)
                .extracting(e -> e.path("type").asText())
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "ping",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(events.getFirst().at("/message/usage/input_tokens").asInt()).isEqualTo(9);
        assertThat(events.get(6).at("/usage/output_tokens").asInt()).isEqualTo(2);
        assertThat(events.get(6).at("/delta/stop_reason").asText()).isEqualTo("end_turn");
    }

    @Test
    void messagesNameTheirEvents() throws IOException {
        String body = client.post("/v1/messages", messages("hi", ",\"stream\":true")).body();

        assertThat(body).startsWith("event: message_start\ndata: {").contains("event: ping\n");
    }

    @Test
    void messagesCallTools() throws IOException {
        String tools =
                """
                ,"tools":[{"name":"weather","input_schema":{"type":"object",
                "properties":{"city":{"type":"string"}}}}]\
                """;

        JsonNode answer = client.json("/v1/messages", messages("[[tool=weather]]", tools));
        var events =
                client.events(
                        "/v1/messages", messages("[[tool=weather]]", tools + ",\"stream\":true"));

        assertThat(answer.path("stop_reason").asText()).isEqualTo("tool_use");
        assertThat(answer.at("/content/0/input/city").asText()).isEqualTo("some city");
        assertThat(events.get(3).at("/delta/partial_json").asText()).contains("some city");
    }

    @Test
    void aToolResultIsAnsweredWithText() throws IOException {
        JsonNode answer =
                client.json(
                        "/v1/messages",
                        """
                        {"model":"c","max_tokens":9,"messages":[
                         {"role":"user","content":"[[tool]]"},
                         {"role":"user","content":[{"type":"tool_result","tool_use_id":"t",
                          "content":"sunny"}]}],
                         "tools":[{"name":"weather","input_schema":{}}]}\
                        """);

        assertThat(answer.at("/content/0/type").asText()).isEqualTo("text");
        assertThat(answer.path("stop_reason").asText()).isEqualTo("max_tokens");
    }

    @Test
    void tokensAreCountedWithoutAnAnswer() throws IOException {
        JsonNode count =
                client.json(
                        "/v1/messages/count_tokens",
                        """
                        {"model":"c","messages":[{"role":"user","content":"a b c"}]}\
                        """);

        assertThat(count.path("input_tokens").asInt()).isEqualTo(6);
    }

    @Test
    void geminiKeepsThoughtsApart() throws IOException {
        JsonNode answer =
                client.json(
                        GEMINI + "generateContent",
                        contents("a b [[words=3]] [[reasoning=2]] [[cached=1]]", ""));

        assertThat(answer.at("/candidates/0/finishReason").asText()).isEqualTo("STOP");
        JsonNode usage = answer.path("usageMetadata");
        assertThat(usage.path("promptTokenCount").asInt()).isEqualTo(8);
        assertThat(usage.path("candidatesTokenCount").asInt()).isEqualTo(3);
        assertThat(usage.path("thoughtsTokenCount").asInt()).isEqualTo(2);
        assertThat(usage.path("cachedContentTokenCount").asInt()).isEqualTo(1);
        assertThat(usage.path("totalTokenCount").asInt()).isEqualTo(13);
    }

    @Test
    void geminiStreamsChunksWhoseUsageGrows() throws IOException {
        var chunks =
                client.events(
                        GEMINI + "streamGenerateContent?alt=sse", contents("[[words=3]]", ""));

        assertThat(chunks)
                .extracting(c -> c.at("/usageMetadata/candidatesTokenCount").asInt())
                .containsExactly(1, 2, 3, 3);
        assertThat(chunks.getLast().at("/candidates/0/finishReason").asText()).isEqualTo("STOP");
    }

    @Test
    void geminiStreamsAnArrayWithoutAltSse() throws IOException {
        JsonNode array = client.json(GEMINI + "streamGenerateContent", contents("[[words=3]]", ""));

        assertThat(array).hasSize(4);
    }

    @Test
    void geminiRespectsItsMaximumAndItsCandidates() throws IOException {
        JsonNode answer =
                client.json(
                        GEMINI + "generateContent",
                        contents(
                                "hi",
                                ",\"generationConfig\":{\"maxOutputTokens\":4,\"candidateCount\":2}"));

        assertThat(answer.path("candidates")).hasSize(2);
        assertThat(answer.at("/candidates/1/finishReason").asText()).isEqualTo("MAX_TOKENS");
        assertThat(answer.at("/usageMetadata/candidatesTokenCount").asInt()).isEqualTo(8);
    }

    @Test
    void geminiCallsTools() throws IOException {
        JsonNode answer =
                client.json(
                        GEMINI + "generateContent",
                        contents(
                                "[[tool]]",
                                """
                                ,"tools":[{"functionDeclarations":[{"name":"weather","parameters":
                                {"type":"OBJECT","properties":{"days":{"type":"INTEGER"}}}}]}]\
                                """));

        JsonNode call = answer.at("/candidates/0/content/parts/0/functionCall");
        assertThat(call.path("name").asText()).isEqualTo("weather");
        assertThat(call.at("/args/days").asInt()).isEqualTo(1);
    }
}
