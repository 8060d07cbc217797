package io.apihub.dev.modelserver;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Which dialect a path speaks. */
final class Endpoints {

    private static final Protocol CHAT = new ChatProtocol();
    private static final Protocol MESSAGES = new MessagesProtocol();
    private static final Protocol GEMINI = new GeminiProtocol();

    private static final Map<String, Protocol> GENERATING =
            Map.of(
                    "/v1/chat/completions",
                    CHAT,
                    "/v1/completions",
                    new CompletionsProtocol(),
                    "/v1/responses",
                    new ResponsesProtocol(),
                    "/v1/messages",
                    MESSAGES);

    private Endpoints() {}

    /** The dialect of a path that generates text. */
    static Optional<Protocol> generating(URI uri) {
        String path = uri.getPath();
        if (path.startsWith(GeminiProtocol.PREFIX)) {
            return path.endsWith(":generateContent") || path.endsWith(":streamGenerateContent")
                    ? Optional.of(GEMINI)
                    : Optional.empty();
        }
        return Optional.ofNullable(GENERATING.get(path));
    }

    /** The dialect in which errors of a path are told, OpenAI's if the path is unknown. */
    static Protocol errors(URI uri) {
        String path = uri.getPath();
        if (path.startsWith("/v1beta/")) {
            return GEMINI;
        }
        return path.startsWith("/v1/messages") ? MESSAGES : CHAT;
    }
}
