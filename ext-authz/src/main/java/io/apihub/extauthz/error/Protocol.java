package io.apihub.extauthz.error;

import io.apihub.model.usage.Dialect;
import org.jspecify.annotations.Nullable;

/** Whose error format a client expects. */
public enum Protocol {
    OPENAI,
    ANTHROPIC,
    GEMINI;

    /**
     * Finds the protocol of a route.
     *
     * @param dialect the route's; null if it has none
     * @param path the request's path; lists of models tell their protocol by it
     * @param anthropicVersion whether the client sent Anthropic's version header
     */
    public static Protocol of(@Nullable Dialect dialect, String path, boolean anthropicVersion) {
        if (dialect == Dialect.ANTHROPIC || dialect == Dialect.ANTHROPIC_COUNT) {
            return ANTHROPIC;
        }
        if (dialect == Dialect.GEMINI || path.startsWith("/v1beta/")) {
            return GEMINI;
        }
        boolean list = dialect == Dialect.LIST_MODELS || dialect == null;
        return list && anthropicVersion ? ANTHROPIC : OPENAI;
    }
}
