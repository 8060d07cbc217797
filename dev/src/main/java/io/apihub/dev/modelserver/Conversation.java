package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The messages of one request, the same whatever its dialect. */
final class Conversation {

    private static final int TOKENS_PER_MESSAGE = 3;
    private static final int TOKENS_PER_TOOL = 10;

    enum Role {
        SYSTEM,
        USER,
        ASSISTANT,
        TOOL
    }

    private final List<Tool> tools = new ArrayList<>();
    private long tokens;
    private String lastUserText = "";
    private Role lastRole = Role.USER;

    void say(Role role, String text) {
        tokens += words(text) + TOKENS_PER_MESSAGE;
        lastRole = role;
        if (role == Role.USER) {
            lastUserText = text;
        }
    }

    void offer(Tool tool) {
        tokens += TOKENS_PER_TOOL;
        tools.add(tool);
    }

    long inputTokens() {
        return tokens;
    }

    String lastUserText() {
        return lastUserText;
    }

    List<Tool> tools() {
        return List.copyOf(tools);
    }

    /** Whether the last message is a tool's result: then the answer is text, not another call. */
    boolean answersTool() {
        return lastRole == Role.TOOL;
    }

    static long words(String text) {
        return text.isBlank() ? 0 : text.strip().split("\\s+").length;
    }

    static Role role(String name) {
        return switch (name) {
            case "system", "developer" -> Role.SYSTEM;
            case "assistant", "model" -> Role.ASSISTANT;
            case "tool" -> Role.TOOL;
            default -> Role.USER;
        };
    }

    /** The text of a content that is a string or a list of parts with {@code text}. */
    static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        var texts = new ArrayList<String>();
        for (JsonNode part : content) {
            if (part.isTextual()) {
                texts.add(part.textValue());
            } else if (part.path("text").isTextual()) {
                texts.add(part.path("text").textValue());
            }
        }
        return String.join(" ", texts);
    }
}
