package io.apihub.dev.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {

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

    private static String chat(String prompt) {
        return """
        {"model":"m","messages":[{"role":"user","content":"%s"}]}\
        """
                .formatted(prompt);
    }

    private static String stream(String prompt) {
        return """
        {"model":"m","stream":true,"max_tokens":99,"messages":[{"role":"user","content":"%s"}]}\
        """
                .formatted(prompt);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, 500, /error/type, server_error",
        "/v1/chat/completions, 401, /error/code, invalid_api_key",
        "/v1/chat/completions, 429, /error/code, rate_limit_exceeded",
        "/v1/responses, 404, /error/code, model_not_found",
        "/v1/messages, 529, /error/type, overloaded_error",
        "/v1/messages, 401, /error/type, authentication_error",
        "/v1beta/models/g:generateContent, 503, /error/status, UNAVAILABLE",
    })
    void failuresSpeakTheDialect(String path, int status, String pointer, String expected)
            throws IOException {
        String ask =
                """
                {"model":"m[[fail=%d]][[retry-after=7]]","max_tokens":9,"input":"hi",
                 "messages":[{"role":"user","content":"hi"}],
                 "contents":[{"parts":[{"text":"[[fail=%d]] [[retry-after=7]]"}]}]}\
                """
                        .formatted(status, status);

        var answer = client.post(path, ask);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Client.parse(answer.body()).at(pointer).asText()).isEqualTo(expected);
        assertThat(answer.headers().firstValue("retry-after")).contains("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"model\":\"m\"}", "{\"messages\":[{}]}"})
    void whatIsNoRequestIsRefused(String body) throws IOException {
        assertThat(client.post("/v1/chat/completions", body).statusCode()).isEqualTo(400);
    }

    @Test
    void aDirectiveThatMakesNoSenseIsRefused() throws IOException {
        var answer = client.post("/v1/chat/completions", chat("[[words=many]]"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("[[words]] needs a number, not 'many'");
    }

    @Test
    void anUnknownPathIsNotFound() throws IOException {
        assertThat(client.get("/v1/nothing").statusCode()).isEqualTo(404);
        assertThat(client.post("/v1beta/models/g:unknown", "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void aJsonAnswerCanBeCut() {
        assertThatThrownBy(() -> client.post("/v1/chat/completions", chat("[[cut-after=1]]")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aStreamCanBeCutAndTheWordsSentAreCounted() {
        assertThatThrownBy(() ->
                        client.post(
                                "/v1/chat/completions",
                                stream("cut here [[words=9]] [[cut-after=3]]")))
                .isInstanceOf(IOException.class);

        Served last = Waiting.until(() -> server.served().getLast(), s -> s.stream());
        assertThat(last.completed()).isFalse();
        assertThat(last.outputTokens()).isEqualTo(3);
    }

    @Test
    void aStreamCanFailInItsMiddle() throws IOException {
        String chat = body("/v1/chat/completions");
        String messages = body("/v1/messages");

        assertThat(chat).contains("data: {\"error\":").doesNotContain("[DONE]");
        assertThat(messages).contains("event: error\n").doesNotContain("message_stop");
    }

    /** The answer as far as it comes: the connection ends without the end of the body. */
    private static String body(String path) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            byte[] ask = stream("[[fail-after=1]]").getBytes(StandardCharsets.UTF_8);
            String head =
                    "POST %s HTTP/1.1\r\nhost: m\r\ncontent-length: %d\r\n\r\n"
                            .formatted(path, ask.length);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(ask);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void usageCanBeMissingOrAbsurd() throws IOException {
        JsonNode none = client.json("/v1/chat/completions", chat("[[no-usage]]"));
        JsonNode negative = client.json("/v1/chat/completions", chat("[[absurd-usage=negative]]"));
        JsonNode text = client.json("/v1/chat/completions", chat("[[absurd-usage=string]]"));
        String nan = client.post("/v1/chat/completions", chat("[[absurd-usage=nan]]")).body();

        assertThat(none.has("usage")).isFalse();
        assertThat(negative.at("/usage/completion_tokens").asInt()).isNegative();
        assertThat(text.at("/usage/completion_tokens").asText()).isEqualTo("many");
        assertThat(nan).contains("\"completion_tokens\":NaN");
    }

    @Test
    void theFirstByteCanBeStalled() throws IOException {
        Instant before = Instant.now();

        client.post("/v1/chat/completions", chat("[[stall-before-first-byte=300ms]]"));

        assertThat(Duration.between(before, Instant.now())).isGreaterThan(Duration.ofMillis(290));
    }

    @Test
    void anUpstreamMayIgnoreTheMaximum() throws IOException {
        JsonNode answer =
                client.json(
                        "/v1/chat/completions",
                        """
                        {"model":"m","max_tokens":2,
                         "messages":[{"role":"user","content":"[[words=9]] [[ignore-max]]"}]}\
                        """);

        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(9);
    }
}
