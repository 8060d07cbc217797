package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A function that the client offers, with the JSON schema of its parameters. */
record Tool(String name, JsonNode schema) {

    /** Arguments that fit the schema: one value for each declared property. */
    ObjectNode sampleArguments() {
        ObjectNode arguments = JsonNodeFactory.instance.objectNode();
        schema.path("properties")
                .properties()
                .forEach(p -> arguments.set(p.getKey(), sample(p.getKey(), p.getValue())));
        return arguments;
    }

    private static JsonNode sample(String name, JsonNode schema) {
        var json = JsonNodeFactory.instance;
        if (schema.path("enum").path(0).isValueNode()) {
            return schema.path("enum").path(0);
        }
        // Gemini writes the types in capitals.
        return switch (schema.path("type").asText("string").toLowerCase(java.util.Locale.ROOT)) {
            case "integer", "number" -> json.numberNode(1);
            case "boolean" -> json.booleanNode(true);
            case "array" -> json.arrayNode();
            case "object" -> json.objectNode();
            default -> json.textNode("some " + name);
        };
    }
}
