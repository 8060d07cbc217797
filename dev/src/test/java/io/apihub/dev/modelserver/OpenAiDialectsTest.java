package io.apihub.dev.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OpenAiDialectsTest {

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

    private static String chat(String prompt, String more) {
        return """
        {"model":"m","messages":[{"role":"system","content":"Be brief."},
         {"role":"user","content":"%s"}]%s}\
        """
                .formatted(prompt, more);
    }

    @Test
    void chatUsageFollowsTheRule() throws IOException {
        JsonNode answer =
                client.json(
                        "/v1/chat/completions",
                        chat("one two [[words=5]] [[cached=4]] [[reasoning=2]]", ""));

        assertThat(answer.at("/choices/0/message/content").asText().split(" ")).hasSize(5);
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        // 2 + 5 words, 3 for each of the two messages.
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(13);
        assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(4);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(7);
        assertThat(answer.at("/usage/completion_tokens_details/reasoning_tokens").asInt())
                .isEqualTo(2);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(20);
    }

    @Test
    void aMaximumCutsTheAnswer() throws IOException {
        JsonNode answer =
                client.json("/v1/chat/completions", chat("hi", ",\"max_completion_tokens\":3"));

        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void severalChoicesMultiplyTheOutput() throws IOException {
        JsonNode answer = client.json("/v1/chat/completions", chat("[[words=4]]", ",\"n\":3"));

        assertThat(answer.path("choices")).hasSize(3);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(12);
    }

    @Test
    void aChatStreamTellsUsageOnlyWhenAsked() throws IOException {
        var quiet = client.events("/v1/chat/completions", chat("[[words=2]]", ",\"stream\":true"));
        var told =
                client.events(
                        "/v1/chat/completions",
                        chat(
                                "[[words=2]]",
                                ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

        assertThat(quiet).hasSize(4).noneMatch(chunk -> chunk.has("usage"));
        assertThat(quiet.getFirst().at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(quiet.getLast().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(told).hasSize(5);
        assertThat(told.getFirst().path("usage").isNull()).isTrue();
        assertThat(told.getLast().path("choices")).isEmpty();
        assertThat(told.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void aChatStreamEndsWithDone() throws IOException {
        String body = client.post("/v1/chat/completions", chat("hi", ",\"stream\":true")).body();

        assertThat(body).endsWith("data: [DONE]\n\n");
    }

    @Test
    void aChatCallsTheToolOnlyOnce() throws IOException {
        String tools =
                """
                ,"tools":[{"type":"function","function":{"name":"weather","parameters":
                {"type":"object","properties":{"city":{"type":"string"}}}}}]\
                """;
        String result =
                """
                {"model":"m","messages":[{"role":"user","content":"[[tool]]"},
                 {"role":"assistant","tool_calls":[]},
                 {"role":"tool","tool_call_id":"c","content":"sunny"}]%s}\
                """
                        .formatted(tools);

        JsonNode call = client.json("/v1/chat/completions", chat("[[tool]]", tools));
        JsonNode answer = client.json("/v1/chat/completions", result);

        assertThat(call.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
        JsonNode function = call.at("/choices/0/message/tool_calls/0/function");
        assertThat(function.path("name").asText()).isEqualTo("weather");
        assertThat(Client.parse(function.path("arguments").asText()).path("city").asText())
                .isEqualTo("some city");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void completionsAnswerEachPrompt() throws IOException {
        JsonNode answer =
                client.json(
                        "/v1/completions",
                        "{\"model\":\"m\",\"prompt\":[\"a b\",\"c [[words=3]]\"],\"n\":2}");

        assertThat(answer.path("object").asText()).isEqualTo("text_completion");
        assertThat(answer.path("choices")).hasSize(4);
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(10);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(12);
    }

    @Test
    void completionsStream() throws IOException {
        var chunks =
                client.events(
                        "/v1/completions",
                        """
                        {"model":"m","prompt":"[[words=3]]","stream":true,
                        "stream_options":{"include_usage":true}}\
                        """);

        assertThat(chunks).hasSize(5);
        assertThat(chunks.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void responsesStreamTheirEventsInOrder() throws IOException {
        var events =
                client.events(
                        "/v1/responses",
                        """
                        {"model":"m","instructions":"Be brief.","stream":true,
                         "input":[{"role":"user","content":
                          [{"type":"input_text","text":"hi [[words=2]] [[cached=1]]"}]}]}\
                        """);

        assertThat(events)
                .extracting(e -> e.path("type").asText().replace("response.", ""))
                .containsExactly(
                        "created",
                        "in_progress",
                        "output_item.added",
                        "content_part.added",
                        "output_text.delta",
                        "output_text.delta",
                        "output_text.done",
                        "content_part.done",
                        "output_item.done",
                        "completed");
        assertThat(events.get(7).path("sequence_number").asInt()).isEqualTo(7);
        JsonNode usage = events.getLast().at("/response/usage");
        assertThat(usage.path("input_tokens").asInt()).isEqualTo(11);
        assertThat(usage.at("/input_tokens_details/cached_tokens").asInt()).isEqualTo(1);
        assertThat(usage.path("output_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void aResponseThatHitsTheMaximumIsIncomplete() throws IOException {
        JsonNode answer =
                client.json(
                        "/v1/responses",
                        """
                        {"model":"m","input":"hi [[words=9]]","max_output_tokens":4}\
                        """);

        assertThat(answer.path("status").asText()).isEqualTo("incomplete");
        assertThat(answer.at("/incomplete_details/reason").asText()).isEqualTo("max_output_tokens");
        assertThat(answer.at("/usage/output_tokens").asInt()).isEqualTo(4);
    }

    @Test
    void responsesCallTools() throws IOException {
        String ask =
                """
                {"model":"m","input":"[[tool]]","stream":%s,"tools":[{"type":"function",
                "name":"weather","parameters":{"type":"object",
                "properties":{"days":{"type":"integer"}}}}]}\
                """;

        JsonNode answer = client.json("/v1/responses", ask.formatted(false));
        var events = client.events("/v1/responses", ask.formatted(true));

        assertThat(answer.at("/output/0/type").asText()).isEqualTo("function_call");
        assertThat(answer.at("/output/0/arguments").asText()).isEqualTo("{\"days\":1}");
        assertThat(events)
                .anyMatch(e -> e.path("type").asText().endsWith("function_call_arguments.done"));
    }

    @Test
    void embeddingsComeAsNumbersAndAsBase64() throws IOException {
        JsonNode numbers =
                client.json("/v1/embeddings", "{\"model\":\"m\",\"input\":[\"a b\",\"c\"]}");
        JsonNode base64 =
                client.json(
                        "/v1/embeddings",
                        """
                        {"model":"m","input":"a b","encoding_format":"base64"}\
                        """);

        assertThat(numbers.path("data")).hasSize(2);
        assertThat(numbers.at("/usage/prompt_tokens").asInt()).isEqualTo(9);
        byte[] bytes = Base64.getDecoder().decode(base64.at("/data/0/embedding").asText());
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat()).isEqualTo(1f);
        assertThat(bytes).hasSize(8 * Float.BYTES);
    }

    @Test
    void aTranscriptionTellsHowLongTheFileIs() throws IOException {
        String form =
                """
                --b
                Content-Disposition: form-data; name="model"

                m
                --b
                Content-Disposition: form-data; name="file"; filename="a.wav"

                RIFF----
                --b--
                """
                        .replace("\n", "\r\n");

        var answer =
                client.post(
                        "/v1/audio/transcriptions",
                        form,
                        "content-type",
                        "multipart/form-data; boundary=b");
        var without = client.post("/v1/audio/transcriptions", form, "content-type", "text/plain");

        assertThat(Client.parse(answer.body()).path("text").asText()).isEqualTo("8 bytes");
        assertThat(without.statusCode()).isEqualTo(400);
    }

    @Test
    void theModelsAreListed() throws IOException {
        JsonNode list = Client.parse(client.get("/v1/models").body());

        assertThat(list.at("/data/0/id").asText()).isEqualTo("demo-large");
    }
}
