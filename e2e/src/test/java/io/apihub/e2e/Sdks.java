package io.apihub.e2e;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
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
}
