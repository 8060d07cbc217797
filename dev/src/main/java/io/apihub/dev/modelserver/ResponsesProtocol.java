package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;

/** OpenAI's {@code /v1/responses}. */
final class ResponsesProtocol implements Protocol {

    @Override
    public Ask read(URI uri, JsonNode body) {
        var conversation = new Conversation();
        if (body.path("instructions").isTextual()) {
            conversation.say(Conversation.Role.SYSTEM, body.path("instructions").textValue());
        }
        JsonNode input = body.path("input");
        if (input.isTextual()) {
            conversation.say(Conversation.Role.USER, input.textValue());
        } else {
            input.forEach(item -> add(conversation, item));
        }
        for (JsonNode tool : body.path("tools")) {
            conversation.offer(new Tool(tool.path("name").asText(), tool.path("parameters")));
        }
        return new Ask(
                Json.text(body, "model"),
                conversation,
                body.path("stream").asBoolean(),
                true,
                Json.number(body, "max_output_tokens"),
                1);
    }

    private static void add(Conversation conversation, JsonNode item) {
        switch (item.path("type").asText("message")) {
            case "message" ->
                    conversation.say(
                            Conversation.role(item.path("role").asText()),
                            Conversation.text(item.path("content")));
            case "function_call" -> conversation.say(Conversation.Role.ASSISTANT, "");
            case "function_call_output" ->
                    conversation.say(
                            Conversation.Role.TOOL, Conversation.text(item.path("output")));
            default -> {
                // Reasoning items and references have no text of the conversation.
            }
        }
    }

    @Override
    public ObjectNode json(Reply reply) {
        ObjectNode answer = head(reply, reply.cut() ? "incomplete" : "completed");
        if (reply.cut()) {
            answer.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        ArrayNode output = answer.putArray("output");
        if (reply.usage().reasoning() > 0) {
            output.add(reasoning(reply));
        }
        output.add(reply.toolCall().isPresent() ? call(reply, true) : message(reply, true));
        reply.tell(usage(reply)).ifPresent(u -> answer.set("usage", u));
        return answer;
    }

    private static ObjectNode usage(Reply reply) {
        var usage = reply.usage();
        ObjectNode told = Json.object().put("input_tokens", usage.totalInput());
        told.putObject("input_tokens_details").put("cached_tokens", usage.cachedInput());
        told.put("output_tokens", usage.output());
        told.putObject("output_tokens_details").put("reasoning_tokens", usage.reasoning());
        return told.put("total_tokens", usage.total());
    }

    static ObjectNode head(Reply reply, String status) {
        ObjectNode head =
                Json.object()
                        .put("id", "resp_" + reply.id())
                        .put("object", "response")
                        .put("created_at", reply.created().getEpochSecond())
                        .put("status", status)
                        .put("background", false)
                        .putNull("error")
                        .putNull("incomplete_details")
                        .putNull("instructions");
        reply.ask().maxTokens().ifPresent(max -> head.put("max_output_tokens", max));
        head.put("model", reply.model()).putArray("output");
        head.put("parallel_tool_calls", true).putNull("previous_response_id");
        head.putObject("reasoning").putNull("effort").putNull("summary");
        head.put("store", false).put("temperature", 1.0).putObject("text");
        ((ObjectNode) head.path("text")).putObject("format").put("type", "text");
        head.put("tool_choice", "auto").putArray("tools");
        head.put("top_p", 1.0).put("truncation", "disabled").putNull("usage").putObject("metadata");
        return head;
    }

    static ObjectNode reasoning(Reply reply) {
        ObjectNode item = Json.object().put("id", "rs_" + reply.id()).put("type", "reasoning");
        item.putArray("summary");
        return item;
    }

    /** The message, or its empty beginning as the stream announces it. */
    static ObjectNode message(Reply reply, boolean done) {
        ObjectNode message =
                Json.object()
                        .put("id", "msg_" + reply.id())
                        .put("type", "message")
                        .put("status", done ? status(reply) : "in_progress")
                        .put("role", "assistant");
        ArrayNode content = message.putArray("content");
        if (done) {
            content.add(part(reply.text()));
        }
        return message;
    }

    /** The call, or its empty beginning as the stream announces it. */
    static ObjectNode call(Reply reply, boolean done) {
        var call = reply.toolCall().orElseThrow();
        return Json.object()
                .put("id", "fc_" + reply.id())
                .put("type", "function_call")
                .put("status", done ? "completed" : "in_progress")
                .put("call_id", "call_" + reply.id())
                .put("name", call.name())
                .put("arguments", done ? Json.write(call.arguments()) : "");
    }

    static ObjectNode part(String text) {
        ObjectNode part = Json.object().put("type", "output_text").put("text", text);
        part.putArray("annotations");
        part.putArray("logprobs");
        return part;
    }

    private static String status(Reply reply) {
        return reply.cut() ? "incomplete" : "completed";
    }

    @Override
    public List<Frame> stream(Reply reply) {
        return new ResponsesEvents(reply, json(reply)).frames();
    }

    @Override
    public ObjectNode error(int status, String message) {
        return OpenAiErrors.error(status, message);
    }

    @Override
    public Frame streamError(String message) {
        ObjectNode error =
                Json.object()
                        .put("type", "error")
                        .put("code", "server_error")
                        .put("message", message)
                        .putNull("param");
        return Frame.of("error", error.put("sequence_number", 0));
    }
}
