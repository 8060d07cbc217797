package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apihub.model.usage.TokenUsage;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Gemini's {@code /v1beta/models/{model}:generateContent} and {@code :streamGenerateContent}. */
final class GeminiProtocol implements Protocol {

    static final String PREFIX = "/v1beta/models/";

    @Override
    public Ask read(URI uri, JsonNode body) {
        String path = uri.getPath();
        int colon = path.lastIndexOf(':');
        var conversation = new Conversation();
        JsonNode system = either(body, "systemInstruction", "system_instruction");
        if (!system.isMissingNode()) {
            conversation.say(Conversation.Role.SYSTEM, Conversation.text(system.path("parts")));
        }
        body.path("contents").forEach(content -> add(conversation, content));
        for (JsonNode tools : body.path("tools")) {
            for (JsonNode f : either(tools, "functionDeclarations", "function_declarations")) {
                conversation.offer(
                        new Tool(
                                f.path("name").asText(),
                                either(f, "parameters", "parametersJsonSchema")));
            }
        }
        JsonNode settings = either(body, "generationConfig", "generation_config");
        return new Ask(
                path.substring(PREFIX.length(), colon),
                conversation,
                path.endsWith(":streamGenerateContent"),
                true,
                Json.number(settings, "maxOutputTokens", "max_output_tokens"),
                settings.path("candidateCount").asInt(1));
    }

    private static void add(Conversation conversation, JsonNode content) {
        JsonNode parts = content.path("parts");
        boolean result = false;
        for (JsonNode part : parts) {
            if (part.has("functionResponse")) {
                conversation.say(Conversation.Role.TOOL, Json.write(part.path("functionResponse")));
                result = true;
            }
        }
        if (!result) {
            conversation.say(
                    Conversation.role(content.path("role").asText()), Conversation.text(parts));
        }
    }

    private static JsonNode either(JsonNode node, String camel, String snake) {
        return node.has(camel) ? node.path(camel) : node.path(snake);
    }

    @Override
    public ObjectNode json(Reply reply) {
        ObjectNode part =
                reply.toolCall().isPresent()
                        ? call(reply)
                        : Json.object().put("text", reply.text());
        return chunk(reply, part, reply.cut() ? "MAX_TOKENS" : "STOP", reply.usage());
    }

    /** Every chunk tells the usage so far; the last one is the true one. */
    @Override
    public List<Frame> stream(Reply reply) {
        var frames = new ArrayList<Frame>();
        long reasoning = reply.usage().reasoning();
        long output = reasoning;
        for (String word : reply.deltas()) {
            output += reply.ask().choices();
            var soFar = withOutput(reply.usage(), output, reasoning);
            frames.add(
                    Frame.data(chunk(reply, Json.object().put("text", word), "", soFar)).asWord());
        }
        ObjectNode last =
                reply.toolCall().isPresent() ? call(reply) : Json.object().put("text", "");
        Frame end =
                Frame.data(chunk(reply, last, reply.cut() ? "MAX_TOKENS" : "STOP", reply.usage()));
        frames.add(reply.toolCall().isPresent() ? end.asWord() : end);
        return frames;
    }

    private static TokenUsage withOutput(TokenUsage usage, long output, long reasoning) {
        return new TokenUsage(
                usage.input(),
                usage.cachedInput(),
                usage.cacheWrite(),
                usage.cacheWrite1h(),
                output,
                reasoning);
    }

    private static ObjectNode chunk(Reply reply, ObjectNode part, String finish, TokenUsage usage) {
        ObjectNode answer = Json.object();
        ArrayNode candidates = answer.putArray("candidates");
        for (int i = 0; i < reply.ask().choices(); i++) {
            ObjectNode candidate = candidates.addObject();
            ObjectNode content = candidate.putObject("content");
            content.putArray("parts").add(part);
            content.put("role", "model");
            if (!finish.isEmpty()) {
                candidate.put("finishReason", finish);
            }
            candidate.put("index", i);
        }
        reply.tell(usage(usage)).ifPresent(u -> answer.set("usageMetadata", u));
        return answer.put("modelVersion", reply.model()).put("responseId", reply.id());
    }

    /** Unlike OpenAI's, {@code candidatesTokenCount} leaves out the thoughts. */
    private static ObjectNode usage(TokenUsage usage) {
        ObjectNode told =
                Json.object()
                        .put("promptTokenCount", usage.totalInput())
                        .put("candidatesTokenCount", usage.output() - usage.reasoning())
                        .put("totalTokenCount", usage.total());
        if (usage.cachedInput() > 0) {
            told.put("cachedContentTokenCount", usage.cachedInput());
        }
        if (usage.reasoning() > 0) {
            told.put("thoughtsTokenCount", usage.reasoning());
        }
        told.putArray("promptTokensDetails")
                .addObject()
                .put("modality", "TEXT")
                .put("tokenCount", usage.totalInput());
        return told;
    }

    private static ObjectNode call(Reply reply) {
        var call = reply.toolCall().orElseThrow();
        ObjectNode part = Json.object();
        part.putObject("functionCall").put("name", call.name()).set("args", call.arguments());
        return part;
    }

    @Override
    public ObjectNode error(int status, String message) {
        ObjectNode error = Json.object();
        error.putObject("error")
                .put("code", status)
                .put("message", message)
                .put("status", name(status));
        return error;
    }

    private static String name(int status) {
        String name =
                switch (status) {
                    case 400 -> "invalid_argument";
                    case 401 -> "unauthenticated";
                    case 403 -> "permission_denied";
                    case 404 -> "not_found";
                    case 429 -> "resource_exhausted";
                    case 503 -> "unavailable";
                    default -> "internal";
                };
        return name.toUpperCase(Locale.ROOT);
    }
}
