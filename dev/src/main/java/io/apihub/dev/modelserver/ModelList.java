package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The lists of models. Any other name is served just as well. */
final class ModelList {

    private static final List<String> NAMES = List.of("demo-large", "demo-small");

    private ModelList() {}

    static Optional<String> of(URI uri) {
        return switch (uri.getPath()) {
            case "/v1/models" -> Optional.of(Json.write(openAi()));
            case "/v1beta/models" -> Optional.of(Json.write(gemini()));
            default -> Optional.empty();
        };
    }

    private static ObjectNode openAi() {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode models = list.putArray("data");
        for (String name : NAMES) {
            models.addObject()
                    .put("id", name)
                    .put("object", "model")
                    .put("created", 0)
                    .put("owned_by", "apihub");
        }
        return list;
    }

    private static ObjectNode gemini() {
        ObjectNode list = Json.object();
        ArrayNode models = list.putArray("models");
        for (String name : NAMES) {
            models.addObject().put("name", "models/" + name).put("displayName", name);
        }
        return list;
    }
}
