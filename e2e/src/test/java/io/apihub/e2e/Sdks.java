package io.apihub.e2e;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCreateParams;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.time.Duration;

/** The vendors' own clients, pointed at a lane. */
final class Sdks {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private Sdks() {}

    static OpenAIClient openAi(Lane lane) {
        return openAi(lane, lane.key());
    }

    static OpenAIClient openAi(Lane lane, String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(lane.url() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .timeout(TIMEOUT)
                .build();
    }

    static AnthropicClient anthropic(Lane lane) {
        return anthropic(lane, lane.key());
    }

    static AnthropicClient anthropic(Lane lane, String key) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(lane.url().toString())
                .apiKey(key)
                .maxRetries(0)
                .timeout(TIMEOUT)
                .build();
    }

    /** One request with OpenAI's SDK, which throws an exception of its own for each refusal. */
    static void chat(Lane lane, String text) {
        var params =
                ChatCompletionCreateParams.builder()
                        .model(lane.model())
                        .addUserMessage(text)
                        .build();
        openAi(lane).chat().completions().create(params);
    }

    /** The same with Anthropic's. */
    static void message(Lane lane, String text) {
        var params =
                MessageCreateParams.builder()
                        .model(lane.model())
                        .maxTokens(100)
                        .addUserMessage(text)
                        .build();
        anthropic(lane).messages().create(params);
    }
}
