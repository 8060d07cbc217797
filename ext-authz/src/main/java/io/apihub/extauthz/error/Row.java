package io.apihub.extauthz.error;

/**
 * What one protocol calls one kind of refusal.
 *
 * @param type OpenAI's and Anthropic's {@code type}, Gemini's {@code status}
 * @param code OpenAI's {@code code}; empty = null; unused elsewhere
 */
record Row(int status, String type, String code) {

    static Row of(Protocol protocol, Reason reason) {
        return switch (protocol) {
            case OPENAI -> openAi(reason);
            case ANTHROPIC -> anthropic(reason);
            case GEMINI -> gemini(reason);
        };
    }

    private static Row openAi(Reason reason) {
        return switch (reason.kind()) {
            case KEY -> new Row(401, "invalid_request_error", "invalid_api_key");
            case PERMISSION -> new Row(403, "permission_error", reason.code());
            case MODEL_FORBIDDEN -> new Row(403, "invalid_request_error", "model_not_found");
            case MODEL_UNKNOWN -> new Row(404, "invalid_request_error", "model_not_found");
            case REQUEST -> new Row(400, "invalid_request_error", "");
            case MONEY, BUDGET -> new Row(429, "insufficient_quota", "insufficient_quota");
            case RATE, OVER_LIMIT -> new Row(429, "requests", "rate_limit_exceeded");
            case UNAVAILABLE -> new Row(503, "server_error", reason.code());
            case TOO_LARGE -> new Row(413, "invalid_request_error", reason.code());
        };
    }

    private static Row anthropic(Reason reason) {
        return switch (reason.kind()) {
            case KEY -> new Row(401, "authentication_error", "");
            case PERMISSION, MODEL_FORBIDDEN -> new Row(403, "permission_error", "");
            case MODEL_UNKNOWN -> new Row(404, "not_found_error", "");
            case REQUEST -> new Row(400, "invalid_request_error", "");
            case MONEY -> new Row(402, "billing_error", "");
            case BUDGET, RATE, OVER_LIMIT -> new Row(429, "rate_limit_error", "");
            case UNAVAILABLE -> new Row(529, "overloaded_error", "");
            case TOO_LARGE -> new Row(413, "request_too_large", "");
        };
    }

    private static Row gemini(Reason reason) {
        return switch (reason.kind()) {
            case KEY -> new Row(401, "UNAUTHENTICATED", "");
            case PERMISSION, MODEL_FORBIDDEN -> new Row(403, "PERMISSION_DENIED", "");
            case MODEL_UNKNOWN -> new Row(404, "NOT_FOUND", "");
            case REQUEST, TOO_LARGE ->
                    new Row(
                            reason.kind() == Reason.Kind.REQUEST ? 400 : 413,
                            "INVALID_ARGUMENT",
                            "");
            case MONEY, BUDGET, RATE, OVER_LIMIT -> new Row(429, "RESOURCE_EXHAUSTED", "");
            case UNAVAILABLE -> new Row(503, "UNAVAILABLE", "");
        };
    }
}
