package io.apihub.dev.modelserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The log's form outside: one JSON object a line. */
final class ServedLines {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ServedLines() {}

    static String write(List<Served> entries) {
        return entries.stream().map(ServedLines::line).collect(Collectors.joining("\n"));
    }

    private static String line(Served entry) {
        ObjectNode tree =
                Json.object()
                        .put("seq", entry.seq())
                        .put("id", entry.id())
                        .put("tag", entry.tag())
                        .put("at", entry.at().toString())
                        .put("method", entry.method())
                        .put("path", entry.path())
                        .put("model", entry.model())
                        .put("stream", entry.stream())
                        .put("inputTokens", entry.inputTokens())
                        .put("cachedTokens", entry.cachedTokens())
                        .put("cacheWriteTokens", entry.cacheWriteTokens())
                        .put("cacheWrite1hTokens", entry.cacheWrite1hTokens())
                        .put("outputTokens", entry.outputTokens())
                        .put("reasoningTokens", entry.reasoningTokens())
                        .put("status", entry.status())
                        .put("completed", entry.completed());
        ObjectNode headers = tree.putObject("receivedHeaders");
        entry.receivedHeaders().forEach(headers::put);
        return Json.write(tree);
    }

    static Served parse(String line) {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> headers = new HashMap<>();
        tree.path("receivedHeaders")
                .properties()
                .forEach(p -> headers.put(p.getKey(), p.getValue().asText()));
        return new Served(
                tree.path("seq").asLong(),
                tree.path("id").asText(),
                tree.path("tag").asText(),
                Instant.parse(tree.path("at").asText()),
                tree.path("method").asText(),
                tree.path("path").asText(),
                tree.path("model").asText(),
                tree.path("stream").asBoolean(),
                tree.path("inputTokens").asLong(),
                tree.path("cachedTokens").asLong(),
                tree.path("cacheWriteTokens").asLong(),
                tree.path("cacheWrite1hTokens").asLong(),
                tree.path("outputTokens").asLong(),
                tree.path("reasoningTokens").asLong(),
                tree.path("status").asInt(),
                tree.path("completed").asBoolean(),
                headers);
    }
}
