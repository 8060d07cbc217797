package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Usage that no upstream should tell, and some do. */
final class Absurd {

    private static final long HUGE = 9_000_000_000_000_000L;

    private Absurd() {}

    /** A copy of {@code usage} in which every number is spoilt. */
    static ObjectNode usage(ObjectNode usage, String kind) {
        ObjectNode spoilt = JsonNodeFactory.instance.objectNode();
        usage.properties()
                .forEach(p ->
                        spoilt.set(
                                p.getKey(),
                                p.getValue() instanceof ObjectNode inner
                                        ? usage(inner, kind)
                                        : spoil(p.getValue(), kind)));
        return spoilt;
    }

    private static JsonNode spoil(JsonNode value, String kind) {
        if (!value.isNumber()) {
            return value;
        }
        var json = JsonNodeFactory.instance;
        return switch (kind) {
            case "negative" -> json.numberNode(-1 - value.longValue());
            case "huge" -> json.numberNode(HUGE + value.longValue());
            case "nan" -> json.numberNode(Double.NaN);
            case "string" -> json.textNode("many");
            default -> throw new BadRequest("[[absurd-usage]] knows negative, huge, nan, string");
        };
    }
}
