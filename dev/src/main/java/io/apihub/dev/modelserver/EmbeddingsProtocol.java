package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** OpenAI's {@code /v1/embeddings}. The vectors mean nothing. */
final class EmbeddingsProtocol {

    private static final int DIMENSIONS = 8;

    private EmbeddingsProtocol() {}

    /** Reads the inputs; they count as messages. */
    static Ask read(URI uri, JsonNode body) {
        var conversation = new Conversation();
        JsonNode input = body.path("input");
        if (input.isTextual()) {
            conversation.say(Conversation.Role.USER, input.textValue());
        } else {
            input.forEach(i -> conversation.say(Conversation.Role.USER, i.asText()));
        }
        var none = java.util.OptionalInt.empty();
        return new Ask(Json.text(body, "model"), conversation, false, true, none, 1);
    }

    static ObjectNode json(Reply reply, JsonNode body) {
        int vectors = body.path("input").isTextual() ? 1 : body.path("input").size();
        int dimensions = body.path("dimensions").asInt(DIMENSIONS);
        boolean base64 = body.path("encoding_format").asText().equals("base64");
        ObjectNode answer = Json.object().put("object", "list");
        ArrayNode list = answer.putArray("data");
        for (int i = 0; i < vectors; i++) {
            ObjectNode element = list.addObject().put("object", "embedding").put("index", i);
            if (base64) {
                element.put("embedding", base64(dimensions));
            } else {
                ArrayNode vector = element.putArray("embedding");
                for (int d = 0; d < dimensions; d++) {
                    vector.add(component(d));
                }
            }
        }
        answer.put("model", reply.model());
        ObjectNode usage = Json.object().put("prompt_tokens", reply.usage().totalInput());
        usage.put("total_tokens", reply.usage().totalInput());
        reply.tell(usage).ifPresent(u -> answer.set("usage", u));
        return answer;
    }

    private static String base64(int dimensions) {
        var bytes = ByteBuffer.allocate(dimensions * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int d = 0; d < dimensions; d++) {
            bytes.putFloat(component(d));
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static float component(int dimension) {
        return 1f / (dimension + 1);
    }
}
