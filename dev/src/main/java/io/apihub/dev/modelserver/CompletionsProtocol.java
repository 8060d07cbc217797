package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** OpenAI's older {@code /v1/completions}; a list of prompts is answered one by one. */
final class CompletionsProtocol implements Protocol {

    @Override
    public Ask read(URI uri, JsonNode body) {
        var conversation = new Conversation();
        JsonNode prompt = body.path("prompt");
        if (prompt.isTextual()) {
            conversation.say(Conversation.Role.USER, prompt.textValue());
        } else {
            prompt.forEach(p -> conversation.say(Conversation.Role.USER, p.asText()));
        }
        int prompts = prompt.isArray() ? Math.max(1, prompt.size()) : 1;
        return new Ask(
                Json.text(body, "model"),
                conversation,
                body.path("stream").asBoolean(),
                body.path("stream_options").path("include_usage").asBoolean(),
                Json.number(body, "max_tokens"),
                prompts * body.path("n").asInt(1));
    }

    @Override
    public ObjectNode json(Reply reply) {
        var choices = Json.array();
        for (int i = 0; i < reply.ask().choices(); i++) {
            choices.add(choice(i, reply.text(), finish(reply)));
        }
        ObjectNode answer = head(reply);
        answer.set("choices", choices);
        reply.tell(OpenAiUsage.of(reply.usage())).ifPresent(u -> answer.set("usage", u));
        return answer;
    }

    @Override
    public List<Frame> stream(Reply reply) {
        var frames = new ArrayList<Frame>();
        for (int i = 0; i < reply.ask().choices(); i++) {
            for (String word : reply.deltas()) {
                frames.add(chunk(reply, choice(i, word, "")).asWord());
            }
            frames.add(chunk(reply, choice(i, "", finish(reply))));
        }
        if (reply.ask().includeUsage()) {
            reply.tell(OpenAiUsage.of(reply.usage()))
                    .ifPresent(usage -> {
                        ObjectNode last = head(reply);
                        last.putArray("choices");
                        frames.add(Frame.data(last.set("usage", usage)));
                    });
        }
        frames.add(new Frame("", "[DONE]", false));
        return frames;
    }

    private static Frame chunk(Reply reply, ObjectNode choice) {
        ObjectNode chunk = head(reply);
        chunk.set("choices", Json.array(choice));
        return Frame.data(chunk);
    }

    private static ObjectNode choice(int index, String text, String finish) {
        ObjectNode choice = Json.object().put("text", text).put("index", index).putNull("logprobs");
        return finish.isEmpty()
                ? choice.putNull("finish_reason")
                : choice.put("finish_reason", finish);
    }

    private static ObjectNode head(Reply reply) {
        return Json.object()
                .put("id", "cmpl-" + reply.id())
                .put("object", "text_completion")
                .put("created", reply.created().getEpochSecond())
                .put("model", reply.model());
    }

    private static String finish(Reply reply) {
        return reply.cut() ? "length" : "stop";
    }

    @Override
    public ObjectNode error(int status, String message) {
        return OpenAiErrors.error(status, message);
    }
}
