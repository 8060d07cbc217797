package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** A row of the error contract: what each kind of route must answer. */
record Refusal(String reason, OpenAi openAi, Words anthropic, Words gemini, Retry retry) {

    static final String INVALID = "invalid_request_error";
    private static final Words LIMITED = new Words(429, "rate_limit_error");
    private static final Words EXHAUSTED = new Words(429, "RESOURCE_EXHAUSTED");
    private static final String RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

    /** {@code type} is Anthropic's {@code error.type} or Gemini's {@code error.status}. */
    private record Words(int status, String type) {}

    /** {@code code} and {@code param} are empty where the answer has none. */
    private record OpenAi(int status, String type, String code, String param) {}

    /** What a client is told about trying again. */
    private enum Retry {
        NEVER,
        /** The gateway can't say; soon. */
        IN_A_SECOND,
        /** Within a minute, to the millisecond. */
        IN_A_MINUTE,
        /** When a window ends, which is worth waiting for only if that is within a minute. */
        WITH_THE_WINDOW
    }

    private static Refusal never(String reason, OpenAi openAi, Words anthropic, Words gemini) {
        return new Refusal(reason, openAi, anthropic, gemini, Retry.NEVER);
    }

    static Refusal key(String reason) {
        return never(
                reason,
                new OpenAi(401, INVALID, "invalid_api_key", ""),
                new Words(401, "authentication_error"),
                new Words(401, "UNAUTHENTICATED"));
    }

    static Refusal permission(String reason) {
        return never(
                reason,
                new OpenAi(403, "permission_error", reason, ""),
                new Words(403, "permission_error"),
                new Words(403, "PERMISSION_DENIED"));
    }

    static Refusal forbiddenModel(String reason) {
        return never(
                reason,
                new OpenAi(403, INVALID, "model_not_found", "model"),
                new Words(403, "permission_error"),
                new Words(403, "PERMISSION_DENIED"));
    }

    static Refusal unknownModel() {
        return never(
                "model_unknown",
                new OpenAi(404, INVALID, "model_not_found", "model"),
                new Words(404, "not_found_error"),
                new Words(404, "NOT_FOUND"));
    }

    /** {@code param} is the field at fault; empty if it is none. */
    static Refusal malformed(String reason, String param) {
        return never(
                reason,
                new OpenAi(400, INVALID, "", param),
                new Words(400, INVALID),
                new Words(400, "INVALID_ARGUMENT"));
    }

    static Refusal noMoney(String reason) {
        return never(
                reason,
                new OpenAi(429, "insufficient_quota", "insufficient_quota", ""),
                new Words(402, "billing_error"),
                EXHAUSTED);
    }

    static Refusal overLimit() {
        var openAi = new OpenAi(429, "requests", "rate_limit_exceeded", "");
        return never("request_over_limit", openAi, LIMITED, EXHAUSTED);
    }

    static Refusal usedUp() {
        var openAi = new OpenAi(429, "insufficient_quota", "insufficient_quota", "");
        return new Refusal("budget_exhausted", openAi, LIMITED, EXHAUSTED, Retry.WITH_THE_WINDOW);
    }

    static Refusal tooFast(String reason) {
        var openAi = new OpenAi(429, "requests", "rate_limit_exceeded", "");
        return new Refusal(reason, openAi, LIMITED, EXHAUSTED, Retry.IN_A_MINUTE);
    }

    static Refusal unavailable(String reason) {
        return new Refusal(
                reason,
                new OpenAi(503, "server_error", reason, ""),
                new Words(529, "overloaded_error"),
                new Words(503, "UNAVAILABLE"),
                Retry.IN_A_SECOND);
    }

    static Refusal tooLarge() {
        return never(
                "body_too_large",
                new OpenAi(413, INVALID, "body_too_large", ""),
                new Words(413, "request_too_large"),
                new Words(413, "INVALID_ARGUMENT"));
    }

    /** Checks an answer to {@code call}. */
    void check(Call call, Http.Answer answer) {
        assertThat(answer.header("content-type")).as("%s", answer).startsWith("application/json");
        assertThat(answer.header("x-apihub-reason")).as("%s", answer).isEqualTo(reason);
        assertThat(answer.header("x-request-id")).as("%s", answer).isNotEmpty();
        retry(answer);
        switch (call) {
            case CHAT, COMPLETIONS, RESPONSES -> openAi(answer);
            case MESSAGES -> anthropic(answer);
            case GEMINI -> gemini(answer);
        }
    }

    private void retry(Http.Answer answer) {
        String after = answer.header("retry-after");
        String millis = answer.header("retry-after-ms");
        String again = answer.header("x-should-retry");
        switch (retry) {
            case NEVER -> {
                assertThat(after).as("%s", answer).isEmpty();
                assertThat(again).as("%s", answer).isEqualTo("false");
            }
            case IN_A_SECOND -> {
                assertThat(after).as("%s", answer).isEqualTo("1");
                assertThat(again).as("%s", answer).isEqualTo("true");
            }
            case IN_A_MINUTE -> {
                assertThat(Long.parseLong(after)).as("%s", answer).isBetween(1L, 60L);
                assertThat(Math.ceilDiv(Long.parseLong(millis), 1000L))
                        .as("%s", answer)
                        .isEqualTo(Long.parseLong(after));
                assertThat(again).as("%s", answer).isEqualTo("true");
            }
            case WITH_THE_WINDOW -> {
                assertThat(Long.parseLong(after)).as("%s", answer).isPositive();
                assertThat(again)
                        .as("%s", answer)
                        .isEqualTo(String.valueOf(Long.parseLong(after) <= 60));
            }
        }
        if (retry != Retry.IN_A_MINUTE) {
            assertThat(millis).as("%s", answer).isEmpty();
        }
    }

    private void openAi(Http.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(openAi.status());
        JsonNode error = answer.json().path("error");
        assertThat(error.path("message").asText()).as("%s", answer).isNotBlank();
        assertThat(error.path("type").asText()).as("%s", answer).isEqualTo(openAi.type());
        assertThat(text(error.path("code"))).as("%s", answer).isEqualTo(openAi.code());
        assertThat(text(error.path("param"))).as("%s", answer).isEqualTo(openAi.param());
    }

    /** What is null is said, as OpenAI does; "" stands for it here. */
    private static String text(JsonNode field) {
        assertThat(field.isMissingNode()).isFalse();
        return field.isNull() ? "" : field.asText();
    }

    private void anthropic(Http.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(anthropic.status());
        assertThat(answer.json().path("type").asText()).as("%s", answer).isEqualTo("error");
        assertThat(answer.json().path("request_id").asText())
                .as("%s", answer)
                .isEqualTo(answer.header("x-request-id"));
        JsonNode error = answer.json().path("error");
        assertThat(error.path("type").asText()).as("%s", answer).isEqualTo(anthropic.type());
        message(answer, error);
    }

    private void gemini(Http.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(gemini.status());
        JsonNode error = answer.json().path("error");
        assertThat(error.path("code").asInt()).as("%s", answer).isEqualTo(gemini.status());
        assertThat(error.path("status").asText()).as("%s", answer).isEqualTo(gemini.type());
        message(answer, error);
        switch (retry) {
            case NEVER -> assertThat(error.has("details")).as("%s", answer).isFalse();
            case IN_A_MINUTE, WITH_THE_WINDOW -> retryInfo(answer, error.at("/details/0"));
            case IN_A_SECOND -> {
                // Envoy says this by itself, too, and knows no RetryInfo.
            }
        }
    }

    private static void retryInfo(Http.Answer answer, JsonNode info) {
        assertThat(info.path("@type").asText()).as("%s", answer).isEqualTo(RETRY_INFO);
        String delay = info.path("retryDelay").asText();
        assertThat(delay).as("%s", answer).matches("\\d+(\\.\\d+)?s");
        var seconds = new BigDecimal(delay.substring(0, delay.length() - 1));
        assertThat(seconds.setScale(0, RoundingMode.CEILING).toPlainString())
                .as("%s", answer)
                .isEqualTo(answer.header("retry-after"));
    }

    /** Where the dialect has no place for the field at fault, the words begin with it. */
    private void message(Http.Answer answer, JsonNode error) {
        String words = error.path("message").asText();
        assertThat(words).as("%s", answer).isNotBlank();
        if (openAi.status() == 400 && !openAi.param().isEmpty()) {
            assertThat(words).as("%s", answer).startsWith(openAi.param() + ": ");
        }
    }
}
