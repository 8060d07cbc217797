package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The events of one streamed response, numbered as OpenAI numbers them. */
final class ResponsesEvents {

    private final Reply reply;
    private final ObjectNode whole;
    private final List<Frame> frames = new ArrayList<>();
    private int outputIndex;

    ResponsesEvents(Reply reply, ObjectNode whole) {
        this.reply = reply;
        this.whole = whole;
    }

    List<Frame> frames() {
        response("response.created", ResponsesProtocol.head(reply, "in_progress"));
        response("response.in_progress", ResponsesProtocol.head(reply, "in_progress"));
        if (reply.usage().reasoning() > 0) {
            item("response.output_item.added", ResponsesProtocol.reasoning(reply));
            item("response.output_item.done", ResponsesProtocol.reasoning(reply));
            outputIndex++;
        }
        if (reply.toolCall().isPresent()) {
            call();
        } else {
            message();
        }
        response(reply.cut() ? "response.incomplete" : "response.completed", whole);
        return List.copyOf(frames);
    }

    private void message() {
        String id = "msg_" + reply.id();
        item("response.output_item.added", ResponsesProtocol.message(reply, false));
        add("response.content_part.added", content(id).set("part", ResponsesProtocol.part("")));
        for (String word : reply.deltas()) {
            ObjectNode delta = content(id).put("delta", word);
            delta.putArray("logprobs");
            addWord("response.output_text.delta", delta);
        }
        ObjectNode done = content(id).put("text", reply.text());
        done.putArray("logprobs");
        add("response.output_text.done", done);
        add(
                "response.content_part.done",
                content(id).set("part", ResponsesProtocol.part(reply.text())));
        item("response.output_item.done", ResponsesProtocol.message(reply, true));
    }

    private void call() {
        String arguments = Json.write(reply.toolCall().orElseThrow().arguments());
        String id = "fc_" + reply.id();
        item("response.output_item.added", ResponsesProtocol.call(reply, false));
        addWord("response.function_call_arguments.delta", output(id).put("delta", arguments));
        add("response.function_call_arguments.done", output(id).put("arguments", arguments));
        item("response.output_item.done", ResponsesProtocol.call(reply, true));
    }

    private void response(String type, ObjectNode response) {
        add(type, Json.object().set("response", response));
    }

    private void item(String type, ObjectNode item) {
        ObjectNode event = Json.object().put("output_index", outputIndex);
        add(type, event.set("item", item));
    }

    private ObjectNode output(String itemId) {
        return Json.object().put("item_id", itemId).put("output_index", outputIndex);
    }

    private ObjectNode content(String itemId) {
        return output(itemId).put("content_index", 0);
    }

    private void add(String type, ObjectNode event) {
        ObjectNode typed = Json.object().put("type", type).put("sequence_number", frames.size());
        frames.add(Frame.of(type, typed.setAll(event)));
    }

    private void addWord(String type, ObjectNode event) {
        add(type, event);
        frames.add(frames.removeLast().asWord());
    }
}
