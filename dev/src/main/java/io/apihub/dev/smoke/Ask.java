package io.apihub.dev.smoke;

import java.util.Map;

/**
 * One way to ask a model through the gateway.
 *
 * @param path with {@code {model}} where the dialect has the model in the path
 * @param body with {@code {model}} and {@code {prompt}}
 * @param keyHeader which header carries the key, and what goes before it
 */
record Ask(String name, String path, String body, Map.Entry<String, String> keyHeader) {

    private static final Map.Entry<String, String> BEARER = Map.entry("authorization", "Bearer ");
    private static final Map.Entry<String, String> ANTHROPIC = Map.entry("x-api-key", "");
    private static final Map.Entry<String, String> GOOGLE = Map.entry("x-goog-api-key", "");

    static Ask chat(boolean stream) {
        return new Ask(
                "chat/completions",
                "/v1/chat/completions",
                """
                {"model": "{model}", "stream": %s,
                 "messages": [{"role": "user", "content": "{prompt}"}]}\
                """
                        .formatted(stream),
                BEARER);
    }

    static Ask responses(boolean stream) {
        return new Ask(
                "responses",
                "/v1/responses",
                """
                {"model": "{model}", "stream": %s, "input": "{prompt}"}\
                """
                        .formatted(stream),
                BEARER);
    }

    static Ask messages(boolean stream) {
        return new Ask(
                "messages",
                "/v1/messages",
                """
                {"model": "{model}", "stream": %s, "max_tokens": 500,
                 "messages": [{"role": "user", "content": "{prompt}"}]}\
                """
                        .formatted(stream),
                ANTHROPIC);
    }

    static Ask gemini(boolean stream) {
        return new Ask(
                "generateContent",
                "/v1beta/models/{model}:"
                        + (stream ? "streamGenerateContent?alt=sse" : "generateContent"),
                """
                {"contents": [{"role": "user", "parts": [{"text": "{prompt}"}]}]}\
                """,
                GOOGLE);
    }

    String path(String model) {
        return path.replace("{model}", model);
    }

    String body(String model, String prompt) {
        return body.replace("{model}", model).replace("{prompt}", prompt);
    }
}
