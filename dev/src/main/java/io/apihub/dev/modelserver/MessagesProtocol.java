package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Anthropic's {@code /v1/messages}. */
final class MessagesProtocol implements Protocol {

    @Override
    public Ask read(URI uri, JsonNode body) {
        var conversation = new Conversation();
        if (body.has("system")) {
            conversation.say(Conversation.Role.SYSTEM, Conversation.text(body.path("system")));
        }
        body.path("messages").forEach(message -> add(conversation, message));
        for (JsonNode tool : body.path("tools")) {
            conversation.offer(new Tool(tool.path("name").asText(), tool.path("input_schema")));
        }
        var maximum = Json.number(body, "max_tokens");
        if (maximum.isEmpty() && !uri.getPath().endsWith("/count_tokens")) {
            throw new BadRequest("max_tokens: Field required");
        }
        return new Ask(
                Json.text(body, "model"),
                conversation,
                body.path("stream").asBoolean(),
                true,
                maximum,
                1);
    }

    /** A tool's result stands in a user message, but is a message of its own. */
    private static void add(Conversation conversation, JsonNode message) {
        JsonNode content = message.path("content");
        boolean results = false;
        for (JsonNode block : content) {
            if (block.path("type").asText().equals("tool_result")) {
                conversation.say(Conversation.Role.TOOL, Conversation.text(block.path("content")));
                results = true;
            }
        }
        String text = Conversation.text(content);
        if (!results || !text.isBlank()) {
            conversation.say(Conversation.role(message.path("role").asText()), text);
        }
    }

    @Override
    public ObjectNode json(Reply reply) {
        ObjectNode answer = head(reply);
        ArrayNode content = answer.putArray("content");
        if (reply.usage().reasoning() > 0) {
            content.add(thinking("Thinking it over."));
        }
        content.add(
                reply.toolCall().isPresent()
                        ? toolUse(reply).set("input", reply.toolCall().get().arguments())
                        : Json.object().put("type", "text").put("text", reply.text()));
        answer.put("stop_reason", stop(reply)).putNull("stop_sequence");
        reply.tell(usage(reply, reply.usage().output())).ifPresent(u -> answer.set("usage", u));
        return answer;
    }

    @Override
    public List<Frame> stream(Reply reply) {
        var frames = new ArrayList<Frame>();
        ObjectNode message = head(reply);
        message.putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence");
        reply.tell(usage(reply, 1)).ifPresent(u -> message.set("usage", u));
        frames.add(event("message_start", Json.object().set("message", message)));
        int index = 0;
        if (reply.usage().reasoning() > 0) {
            frames.addAll(thinkingEvents(index++));
        }
        frames.addAll(
                reply.toolCall().isPresent() ? toolEvents(reply, index) : textEvents(reply, index));
        ObjectNode delta = Json.object();
        delta.putObject("delta").put("stop_reason", stop(reply)).putNull("stop_sequence");
        reply.tell(usage(reply, reply.usage().output())).ifPresent(u -> delta.set("usage", u));
        frames.add(event("message_delta", delta));
        frames.add(event("message_stop", Json.object()));
        return frames;
    }

    private static List<Frame> textEvents(Reply reply, int index) {
        var frames = new ArrayList<Frame>();
        frames.add(blockStart(index, Json.object().put("type", "text").put("text", "")));
        frames.add(event("ping", Json.object()));
        for (String word : reply.deltas()) {
            ObjectNode delta = Json.object().put("type", "text_delta").put("text", word);
            frames.add(blockDelta(index, delta).asWord());
        }
        frames.add(blockStop(index));
        return frames;
    }

    private static List<Frame> toolEvents(Reply reply, int index) {
        ObjectNode start = toolUse(reply);
        start.putObject("input");
        String arguments = Json.write(reply.toolCall().orElseThrow().arguments());
        ObjectNode delta = Json.object().put("type", "input_json_delta");
        return List.of(
                blockStart(index, start),
                event("ping", Json.object()),
                blockDelta(index, delta.put("partial_json", arguments)).asWord(),
                blockStop(index));
    }

    private static List<Frame> thinkingEvents(int index) {
        ObjectNode thought = Json.object().put("type", "thinking_delta");
        ObjectNode signature = Json.object().put("type", "signature_delta");
        return List.of(
                blockStart(index, thinking("")),
                blockDelta(index, thought.put("thinking", "Thinking it over.")),
                blockDelta(index, signature.put("signature", "c2lnbmVk")),
                blockStop(index));
    }

    private static Frame blockStart(int index, ObjectNode block) {
        ObjectNode start = Json.object().put("index", index);
        return event("content_block_start", start.set("content_block", block));
    }

    private static Frame blockDelta(int index, ObjectNode delta) {
        return event("content_block_delta", Json.object().put("index", index).set("delta", delta));
    }

    private static Frame blockStop(int index) {
        return event("content_block_stop", Json.object().put("index", index));
    }

    private static Frame event(String type, ObjectNode rest) {
        return Frame.of(type, Json.object().put("type", type).setAll(rest));
    }

    private static ObjectNode head(Reply reply) {
        return Json.object()
                .put("id", "msg_" + reply.id())
                .put("type", "message")
                .put("role", "assistant")
                .put("model", reply.model());
    }

    private static ObjectNode thinking(String text) {
        return Json.object()
                .put("type", "thinking")
                .put("thinking", text)
                .put("signature", text.isEmpty() ? "" : "c2lnbmVk");
    }

    private static ObjectNode toolUse(Reply reply) {
        return Json.object()
                .put("type", "tool_use")
                .put("id", "toolu_" + reply.id())
                .put("name", reply.toolCall().orElseThrow().name());
    }

    /** Unlike OpenAI's, {@code input_tokens} leaves out what was cached or written to a cache. */
    private static ObjectNode usage(Reply reply, long output) {
        var usage = reply.usage();
        ObjectNode told =
                Json.object()
                        .put("input_tokens", usage.input())
                        .put(
                                "cache_creation_input_tokens",
                                usage.cacheWrite() + usage.cacheWrite1h())
                        .put("cache_read_input_tokens", usage.cachedInput());
        told.putObject("cache_creation")
                .put("ephemeral_5m_input_tokens", usage.cacheWrite())
                .put("ephemeral_1h_input_tokens", usage.cacheWrite1h());
        return told.put("output_tokens", output).put("service_tier", "standard");
    }

    private static String stop(Reply reply) {
        if (reply.toolCall().isPresent()) {
            return "tool_use";
        }
        return reply.cut() ? "max_tokens" : "end_turn";
    }

    @Override
    public ObjectNode error(int status, String message) {
        ObjectNode error = Json.object().put("type", "error");
        error.putObject("error").put("type", type(status)).put("message", message);
        return error.put("request_id", "req_apihub");
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 529 -> "overloaded_error";
            default -> status >= 500 ? "api_error" : "invalid_request_error";
        };
    }

    @Override
    public Frame streamError(String message) {
        return Frame.of("error", error(500, message));
    }
}
