package io.apihub.billing.kube;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to the API server.
 *
 * @param path of names that were checked, nothing a caller wrote
 */
record Call(
        String method,
        String path,
        Map<String, String> query,
        String contentType,
        @Nullable ObjectNode body) {

    private static final String JSON = "application/json";

    Call {
        query = Map.copyOf(query);
    }

    static Call get(String path) {
        return get(path, Map.of());
    }

    static Call get(String path, Map<String, String> query) {
        return new Call("GET", path, query, JSON, null);
    }

    static Call post(String path, Map<String, String> query, ObjectNode body) {
        return new Call("POST", path, query, JSON, body);
    }

    static Call patch(String path, Map<String, String> query, ObjectNode body) {
        return new Call("PATCH", path, query, "application/merge-patch+json", body);
    }

    /** Server-side apply, which takes what was applied before and is missing now away. */
    static Call apply(String path, Map<String, String> query, ObjectNode body) {
        // JSON is YAML too.
        return new Call("PATCH", path, query, "application/apply-patch+yaml", body);
    }

    static Call delete(String path, ObjectNode options) {
        return new Call("DELETE", path, Map.of(), JSON, options);
    }

    String pathAndQuery() {
        return query.isEmpty()
                ? path
                : path
                        + query.entrySet().stream()
                                .map(parameter ->
                                        parameter.getKey() + "=" + encoded(parameter.getValue()))
                                .collect(Collectors.joining("&", "?", ""));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
