package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The error document of OpenAI's endpoints. */
final class OpenAiErrors {

    private OpenAiErrors() {}

    static ObjectNode error(int status, String message) {
        ObjectNode error = Json.object().put("message", message).put("type", type(status));
        error.putNull("param");
        String code = code(status);
        return Json.object()
                .set("error", code.isEmpty() ? error.putNull("code") : error.put("code", code));
    }

    private static String type(int status) {
        return switch (status) {
            case 429 -> "requests";
            case 403 -> "permission_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
        };
    }

    private static String code(int status) {
        return switch (status) {
            case 401 -> "invalid_api_key";
            case 404 -> "model_not_found";
            case 429 -> "rate_limit_exceeded";
            default -> "";
        };
    }
}
