package io.apihub.model.usage;

import java.util.Arrays;
import java.util.Optional;

/**
 * The protocol of a route, under the name that Envoy's route metadata {@code apihub.dialect}
 * carries it.
 */
public enum Dialect {
    OPENAI_CHAT("openai_chat", "OpenAIChat"),
    OPENAI_COMPLETIONS("openai_completions", "OpenAIChat"),
    OPENAI_RESPONSES("openai_responses", "OpenAIResponses"),
    OPENAI_OTHER("openai_other", "OpenAIOther"),
    OPENAI_MULTIPART("openai_multipart", "OpenAIOther"),
    ANTHROPIC("anthropic", "AnthropicMessages"),
    ANTHROPIC_COUNT("anthropic_count", "AnthropicMessages"),
    GEMINI("gemini", "Gemini"),
    LIST_MODELS("list_models", "");

    private final String wireName;
    private final String protocol;

    Dialect(String wireName, String protocol) {
        this.wireName = wireName;
        this.protocol = protocol;
    }

    public String wireName() {
        return wireName;
    }

    /**
     * The name in {@code Upstream.spec.protocols} that an upstream must list to serve this dialect;
     * empty for what no upstream serves.
     */
    public String protocol() {
        return protocol;
    }

    public static Optional<Dialect> of(String wireName) {
        return Arrays.stream(values()).filter(d -> d.wireName.equals(wireName)).findFirst();
    }
}
