package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A row of the error contract: what each kind of route must answer.
 *
 * @param openAiType {@code error.type}; {@code openAiCode} {@code error.code}, empty if any will do
 */
record Refusal(
        String reason,
        int openAiStatus,
        String openAiType,
        String openAiCode,
        int anthropicStatus,
        String anthropicType,
        int geminiStatus,
        String geminiType,
        boolean retry) {

    static final String INVALID = "invalid_request_error";

    static Refusal key(String reason) {
        return new Refusal(
                reason,
                401,
                INVALID,
                "invalid_api_key",
                401,
                "authentication_error",
                401,
                "UNAUTHENTICATED",
                false);
    }

    static Refusal permission(String reason) {
        return new Refusal(
                reason,
                403,
                "permission_error",
                "",
                403,
                "permission_error",
                403,
                "PERMISSION_DENIED",
                false);
    }

    static Refusal forbiddenModel() {
        return new Refusal(
                "model_not_allowed",
                403,
                INVALID,
                "model_not_found",
                403,
                "permission_error",
                403,
                "PERMISSION_DENIED",
                false);
    }

    static Refusal unknownModel() {
        return new Refusal(
                "model_unknown",
                404,
                INVALID,
                "model_not_found",
                404,
                "not_found_error",
                404,
                "NOT_FOUND",
                false);
    }

    static Refusal malformed(String reason) {
        return new Refusal(reason, 400, INVALID, "", 400, INVALID, 400, "INVALID_ARGUMENT", false);
    }

    static Refusal noMoney() {
        return new Refusal(
                "balance_exhausted",
                429,
                "insufficient_quota",
                "insufficient_quota",
                402,
                "billing_error",
                429,
                "RESOURCE_EXHAUSTED",
                false);
    }

    static Refusal tooFast(String reason) {
        return new Refusal(
                reason,
                429,
                "",
                "rate_limit_exceeded",
                429,
                "rate_limit_error",
                429,
                "RESOURCE_EXHAUSTED",
                true);
    }

    static Refusal unavailable(String reason) {
        return new Refusal(
                reason, 503, "server_error", "", 529, "overloaded_error", 503, "UNAVAILABLE", true);
    }

    static Refusal tooLarge() {
        return new Refusal(
                "body_too_large",
                413,
                INVALID,
                "",
                413,
                "request_too_large",
                413,
                "INVALID_ARGUMENT",
                false);
    }

    /** Checks an answer to {@code call}; an empty {@link #reason} fits any. */
    void check(Call call, Http.Answer answer) {
        assertThat(answer.header("content-type")).as("%s", answer).startsWith("application/json");
        assertThat(answer.header("x-should-retry"))
                .as("%s", answer)
                .isEqualTo(String.valueOf(retry));
        if (reason.isEmpty()) {
            assertThat(answer.header("x-apihub-reason")).as("%s", answer).isNotEmpty();
        } else {
            assertThat(answer.header("x-apihub-reason")).as("%s", answer).isEqualTo(reason);
        }
        if (retry) {
            assertThat(answer.header("retry-after")).as("%s", answer).matches("[1-9]\\d*");
        }
        switch (call) {
            case CHAT, COMPLETIONS, RESPONSES -> openAi(answer);
            case MESSAGES -> anthropic(answer);
            case GEMINI -> gemini(answer);
        }
    }

    private void openAi(Http.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(openAiStatus);
        JsonNode error = answer.json().path("error");
        assertThat(error.path("message").asText()).as("%s", answer).isNotBlank();
        if (!openAiType.isEmpty()) {
            assertThat(error.path("type").asText()).as("%s", answer).isEqualTo(openAiType);
        }
        if (!openAiCode.isEmpty()) {
            assertThat(error.path("code").asText()).as("%s", answer).isEqualTo(openAiCode);
        }
    }

    private void anthropic(Http.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(anthropicStatus);
        assertThat(answer.json().path("type").asText()).as("%s", answer).isEqualTo("error");
        JsonNode error = answer.json().path("error");
        assertThat(error.path("type").asText()).as("%s", answer).isEqualTo(anthropicType);
        assertThat(error.path("message").asText()).as("%s", answer).isNotBlank();
    }

    private void gemini(Http.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(geminiStatus);
        JsonNode error = answer.json().path("error");
        assertThat(error.path("code").asInt()).as("%s", answer).isEqualTo(geminiStatus);
        assertThat(error.path("status").asText()).as("%s", answer).isEqualTo(geminiType);
    }
}
