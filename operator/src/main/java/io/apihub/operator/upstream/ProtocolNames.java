package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Upstream;

/** The protocols' names in policy.proto, which are those of the resource. */
final class ProtocolNames {

    private ProtocolNames() {}

    static String of(Upstream.Protocol protocol) {
        return switch (protocol) {
            case OPENAI_CHAT -> "OpenAIChat";
            case OPENAI_RESPONSES -> "OpenAIResponses";
            case ANTHROPIC_MESSAGES -> "AnthropicMessages";
            case GEMINI -> "Gemini";
            case OPENAI_OTHER -> "OpenAIOther";
        };
    }
}
