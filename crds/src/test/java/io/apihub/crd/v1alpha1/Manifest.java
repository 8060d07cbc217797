package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * One custom resource definition, as written.
 *
 * @param file where it stands
 * @param definition the whole document
 */
record Manifest(Path file, JsonNode definition) {

    /**
     * A rule in CEL.
     *
     * @param kind of the resource
     * @param path of the value that the rule is about; {@code []} stands for any item
     * @param field which field its refusal names
     * @param transition whether it compares with the value before
     */
    record Rule(String kind, String path, String field, String message, boolean transition) {}

    static List<Manifest> all() {
        return Yaml.files(Yaml.MANIFESTS).stream()
                .map(file -> new Manifest(file, Yaml.read(file)))
                .toList();
    }

    static Manifest of(String kind) {
        return all().stream().filter(m -> m.kind().equals(kind)).findFirst().orElseThrow();
    }

    String kind() {
        return definition.at("/spec/names/kind").asText();
    }

    JsonNode version() {
        return definition.at("/spec/versions/0");
    }

    JsonNode schema() {
        return version().at("/schema/openAPIV3Schema");
    }

    /** Calls {@code visitor} with the path and the schema of every value, the root's path empty. */
    void walk(BiConsumer<String, JsonNode> visitor) {
        walk("", schema(), visitor);
    }

    private static void walk(String path, JsonNode schema, BiConsumer<String, JsonNode> visitor) {
        visitor.accept(path, schema);
        schema.path("properties")
                .properties()
                .forEach(p -> walk(join(path, p.getKey()), p.getValue(), visitor));
        if (schema.has("items")) {
            walk(path + "[]", schema.get("items"), visitor);
        }
        if (schema.has("additionalProperties")) {
            walk(path + "{}", schema.get("additionalProperties"), visitor);
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    List<Rule> rules() {
        var rules = new ArrayList<Rule>();
        walk((path, schema) ->
                schema.path("x-kubernetes-validations")
                        .forEach(rule -> rules.add(rule(path, rule))));
        return rules;
    }

    private Rule rule(String path, JsonNode rule) {
        return new Rule(
                kind(),
                path,
                path + rule.path("fieldPath").asText(),
                rule.path("message").asText(),
                rule.path("rule").asText().contains("oldSelf"));
    }
}
