package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What users write, right and wrong, from the files in {@code cases/}: a base object, and for each
 * case what to merge into it ({@code with}), what to change after its creation ({@code then}), and
 * with which messages on which fields it is {@code refused}; without that it is accepted.
 */
final class Cases {

    /**
     * One case.
     *
     * @param object to create
     * @param change to merge into the created object; null if there is none
     * @param refused field → part of the message
     * @param hidden what no message may contain; empty if nothing
     */
    record Case(
            String kind,
            String name,
            ObjectNode object,
            @Nullable JsonNode change,
            Map<String, String> refused,
            String hidden) {}

    private Cases() {}

    static List<Case> all() {
        return Yaml.files(Yaml.CASES).stream()
                .map(Yaml::read)
                .flatMap(file ->
                        StreamSupport.stream(file.get("cases").spliterator(), false)
                                .map(one -> read(file, one)))
                .toList();
    }

    private static Case read(JsonNode file, JsonNode one) {
        var kind = file.get("kind").asText();
        var object = (ObjectNode) file.get("base").deepCopy();
        object.put("apiVersion", "apihub.io/v1alpha1").put("kind", kind);
        object.withObject("/metadata").put("name", "case");
        merge(object, one.path("with"));
        var refused = new TreeMap<String, String>();
        one.path("refused")
                .properties()
                .forEach(p -> refused.put(p.getKey(), p.getValue().asText()));
        return new Case(
                kind,
                kind + ": " + one.get("name").asText(),
                object,
                one.get("then"),
                refused,
                one.path("hidden").asText());
    }

    /** A JSON merge patch (RFC 7386). */
    static void merge(ObjectNode target, JsonNode patch) {
        patch.properties()
                .forEach(p -> {
                    if (p.getValue().isNull()) {
                        target.remove(p.getKey());
                    } else if (p.getValue().isObject()
                            && target.path(p.getKey()) instanceof ObjectNode inner) {
                        merge(inner, p.getValue());
                    } else {
                        target.set(p.getKey(), p.getValue().deepCopy());
                    }
                });
    }
}
