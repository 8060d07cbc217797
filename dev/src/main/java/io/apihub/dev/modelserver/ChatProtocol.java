package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** OpenAI's {@code /v1/chat/completions}. */
final class ChatProtocol implements Protocol {

    @Override
    public Ask read(URI uri, JsonNode body) {
        if (!body.path("messages").isArray() || body.path("messages").isEmpty()) {
            throw new BadRequest("you must provide a messages parameter");
        }
        var conversation = new Conversation();
        for (JsonNode message : body.path("messages")) {
            conversation.say(
                    Conversation.role(message.path("role").asText()),
                    Conversation.text(message.path("content")));
        }
        for (JsonNode tool : body.path("tools")) {
            JsonNode function = tool.path("function");
            conversation.offer(
                    new Tool(function.path("name").asText(), function.path("parameters")));
        }
        return new Ask(
                Json.text(body, "model"),
                conversation,
                body.path("stream").asBoolean(),
                body.path("stream_options").path("include_usage").asBoolean(),
                Json.number(body, "max_completion_tokens", "max_tokens"),
                body.path("n").asInt(1));
    }

    @Override
    public ObjectNode json(Reply reply) {
        var choices = Json.array();
        for (int i = 0; i < reply.ask().choices(); i++) {
            ObjectNode message = Json.object().put("role", "assistant");
            if (reply.toolCall().isPresent()) {
                message.putNull("content");
                ObjectNode function = function(reply.toolCall().get());
                message.set("tool_calls", Json.array(call(reply, i, function)));
            } else {
                message.put("content", reply.text());
            }
            message.putNull("refusal").putArray("annotations");
            ObjectNode choice = Json.object().put("index", i);
            choice.set("message", message);
            choice.putNull("logprobs").put("finish_reason", finish(reply));
            choices.add(choice);
        }
        ObjectNode answer = head(reply, "chat.completion");
        answer.set("choices", choices);
        reply.tell(OpenAiUsage.of(reply.usage())).ifPresent(u -> answer.set("usage", u));
        return answer;
    }

    @Override
    public List<Frame> stream(Reply reply) {
        var frames = new ArrayList<Frame>();
        for (int i = 0; i < reply.ask().choices(); i++) {
            choice(reply, i, frames);
        }
        if (reply.ask().includeUsage()) {
            reply.tell(OpenAiUsage.of(reply.usage()))
                    .ifPresent(usage -> {
                        ObjectNode last = head(reply, "chat.completion.chunk");
                        last.putArray("choices");
                        frames.add(Frame.data(last.set("usage", usage)));
                    });
        }
        frames.add(new Frame("", "[DONE]", false));
        return frames;
    }

    private static void choice(Reply reply, int index, List<Frame> frames) {
        ObjectNode first = Json.object().put("role", "assistant");
        if (reply.toolCall().isPresent()) {
            ObjectNode function = function(reply.toolCall().get());
            String arguments = function.path("arguments").textValue();
            ObjectNode call = call(reply, index, function.put("arguments", "")).put("index", 0);
            first.putNull("content").set("tool_calls", Json.array(call));
            frames.add(chunk(reply, index, first, ""));
            ObjectNode rest = Json.object().put("index", 0);
            rest.putObject("function").put("arguments", arguments);
            ObjectNode delta = Json.object();
            delta.set("tool_calls", Json.array(rest));
            frames.add(chunk(reply, index, delta, "").asWord());
        } else {
            first.put("content", "").putNull("refusal");
            frames.add(chunk(reply, index, first, ""));
            for (String word : reply.deltas()) {
                frames.add(chunk(reply, index, Json.object().put("content", word), "").asWord());
            }
        }
        frames.add(chunk(reply, index, Json.object(), finish(reply)));
    }

    private static Frame chunk(Reply reply, int index, ObjectNode delta, String finish) {
        ObjectNode choice = Json.object().put("index", index);
        choice.set("delta", delta);
        choice.putNull("logprobs");
        if (finish.isEmpty()) {
            choice.putNull("finish_reason");
        } else {
            choice.put("finish_reason", finish);
        }
        ObjectNode chunk = head(reply, "chat.completion.chunk");
        chunk.set("choices", Json.array(choice));
        // OpenAI says null on every chunk but the last when usage was asked for.
        return Frame.data(reply.ask().includeUsage() ? chunk.putNull("usage") : chunk);
    }

    private static ObjectNode head(Reply reply, String object) {
        return Json.object()
                .put("id", "chatcmpl-" + reply.id())
                .put("object", object)
                .put("created", reply.created().getEpochSecond())
                .put("model", reply.model())
                .put("service_tier", "default")
                .put("system_fingerprint", "fp_apihub");
    }

    private static ObjectNode call(Reply reply, int index, ObjectNode function) {
        return Json.object()
                .put("id", "call_" + reply.id() + index)
                .put("type", "function")
                .set("function", function);
    }

    private static ObjectNode function(Reply.ToolCall call) {
        return Json.object()
                .put("name", call.name())
                .put("arguments", Json.write(call.arguments()));
    }

    private static String finish(Reply reply) {
        if (reply.toolCall().isPresent()) {
            return "tool_calls";
        }
        return reply.cut() ? "length" : "stop";
    }

    @Override
    public ObjectNode error(int status, String message) {
        return OpenAiErrors.error(status, message);
    }
}
