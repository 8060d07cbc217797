package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.modelserver.Served;
import org.junit.jupiter.api.Test;

/** What a client of Gemini's API must see on any lane. (There is no SDK of Google's here.) */
interface GeminiContract {

    Lane lane();

    private Http.Answer ask(String action, String tag, String text) {
        return Http.to(lane())
                .header("x-goog-api-key", lane().key())
                .post(
                        "/v1beta/models/" + lane().model() + ":" + action,
                        """
                        {"systemInstruction":{"parts":[{"text":"Be brief."}]},
                         "contents":[{"role":"user","parts":[{"text":"%s"}]}]}\
                        """
                                .formatted(Lane.prompt(tag, text)));
    }

    @Test
    default void geminiIsAnsweredWithTheUsageServed() {
        String tag = Lane.tag();

        Http.Answer answer = ask("generateContent", tag, "hi [[words=7]] [[cached=4]]");

        assertThat(answer.status()).isEqualTo(200);
        String text = answer.json().at("/candidates/0/content/parts/0/text").asText();
        assertThat(text.split(" ")).hasSize(7);
        same(answer.json().path("usageMetadata"), lane().served(tag));
    }

    @Test
    default void geminiStreamsWithTheUsageServed() {
        String tag = Lane.tag();

        Http.Answer answer = ask("streamGenerateContent?alt=sse", tag, "hi [[words=20]]");

        assertThat(answer.status()).isEqualTo(200);
        var events = answer.events();
        String text =
                events.stream()
                        .map(e -> e.at("/candidates/0/content/parts/0/text").asText())
                        .reduce("", String::concat);
        assertThat(text.split(" ")).hasSize(20);
        JsonNode usage =
                events.stream()
                        .filter(e -> e.has("usageMetadata"))
                        .reduce((a, b) -> b)
                        .orElseThrow()
                        .path("usageMetadata");
        same(usage, lane().served(tag));
    }

    private static void same(JsonNode told, Served served) {
        assertThat(told.path("promptTokenCount").asLong()).isEqualTo(served.totalInputTokens());
        assertThat(told.path("candidatesTokenCount").asLong()).isEqualTo(served.outputTokens());
    }
}
