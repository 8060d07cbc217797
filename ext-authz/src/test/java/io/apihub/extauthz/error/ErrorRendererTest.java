package io.apihub.extauthz.error;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorRendererTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ErrorRenderer renderer = new ErrorRenderer();

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "MISSING_KEY, 401, invalid_request_error, invalid_api_key",
                "UNKNOWN_KEY, 401, invalid_request_error, invalid_api_key",
                "KEY_DISABLED, 401, invalid_request_error, invalid_api_key",
                "KEY_EXPIRED, 401, invalid_request_error, invalid_api_key",
                "KEY_NOT_YET_VALID, 401, invalid_request_error, invalid_api_key",
                "ADDRESS_NOT_ALLOWED, 403, permission_error, address_not_allowed",
                "TENANT_SUSPENDED, 403, permission_error, tenant_suspended",
                "MODEL_NOT_ALLOWED, 403, invalid_request_error, model_not_found",
                "MODEL_NOT_PRICED, 403, invalid_request_error, model_not_found",
                "MODEL_UNKNOWN, 404, invalid_request_error, model_not_found",
                "MALFORMED_REQUEST, 400, invalid_request_error, null",
                "AMBIGUOUS_CREDENTIALS, 400, invalid_request_error, null",
                "BALANCE_EXHAUSTED, 429, insufficient_quota, insufficient_quota",
                "BUDGET_EXHAUSTED, 429, insufficient_quota, insufficient_quota",
                "RATE_LIMITED, 429, requests, rate_limit_exceeded",
                "CONCURRENCY_LIMITED, 429, requests, rate_limit_exceeded",
                "POLICY_STALE, 503, server_error, policy_stale",
                "GRANT_UNAVAILABLE, 503, server_error, grant_unavailable",
                "OVERLOADED, 503, server_error, overloaded",
                "INTERNAL, 503, server_error, internal",
                "BODY_TOO_LARGE, 413, invalid_request_error, body_too_large",
            })
    void openAi(Reason reason, int status, String type, String code) throws Exception {
        var error = body(reason, Protocol.OPENAI, status).get("error");

        assertThat(error.get("type").asText()).isEqualTo(type);
        assertThat(error.get("code").textValue()).isEqualTo(code);
        assertThat(error.get("message").asText()).isEqualTo("Words with \"quotes\".");
        assertThat(error.get("param").textValue()).isEqualTo("model");
    }

    @ParameterizedTest
    @CsvSource({
        "MISSING_KEY, 401, authentication_error",
        "KEY_EXPIRED, 401, authentication_error",
        "TENANT_SUSPENDED, 403, permission_error",
        "MODEL_NOT_ALLOWED, 403, permission_error",
        "MODEL_UNKNOWN, 404, not_found_error",
        "MALFORMED_REQUEST, 400, invalid_request_error",
        "BALANCE_EXHAUSTED, 402, billing_error",
        "BUDGET_EXHAUSTED, 429, rate_limit_error",
        "RATE_LIMITED, 429, rate_limit_error",
        "CONCURRENCY_LIMITED, 429, rate_limit_error",
        "POLICY_STALE, 529, overloaded_error",
        "GRANT_UNAVAILABLE, 529, overloaded_error",
        "BODY_TOO_LARGE, 413, request_too_large",
    })
    void anthropic(Reason reason, int status, String type) throws Exception {
        var body = body(reason, Protocol.ANTHROPIC, status);

        assertThat(body.get("type").asText()).isEqualTo("error");
        assertThat(body.get("error").get("type").asText()).isEqualTo(type);
        assertThat(body.get("error").get("message").asText()).contains("Words");
        assertThat(body.get("request_id").asText()).isEqualTo("req-1");
    }

    @ParameterizedTest
    @CsvSource({
        "MISSING_KEY, 401, UNAUTHENTICATED",
        "ADDRESS_NOT_ALLOWED, 403, PERMISSION_DENIED",
        "MODEL_NOT_ALLOWED, 403, PERMISSION_DENIED",
        "MODEL_UNKNOWN, 404, NOT_FOUND",
        "MALFORMED_REQUEST, 400, INVALID_ARGUMENT",
        "BALANCE_EXHAUSTED, 429, RESOURCE_EXHAUSTED",
        "RATE_LIMITED, 429, RESOURCE_EXHAUSTED",
        "GRANT_UNAVAILABLE, 503, UNAVAILABLE",
        "BODY_TOO_LARGE, 413, INVALID_ARGUMENT",
    })
    void gemini(Reason reason, int status, String name) throws Exception {
        var error = body(reason, Protocol.GEMINI, status).get("error");

        assertThat(error.get("code").asInt()).isEqualTo(status);
        assertThat(error.get("status").asText()).isEqualTo(name);
        assertThat(error.get("message").asText()).contains("Words");
    }

    @Test
    void geminiTellsWhenToRetry() throws Exception {
        var denial = Denial.ofLimit(Reason.RATE_LIMITED, "x", "q/rpm", 1500);

        var body = JSON.readTree(renderer.render(denial, Protocol.GEMINI, "").body());

        var info = body.get("error").get("details").get(0);
        assertThat(info.get("@type").asText())
                .isEqualTo("type.googleapis.com/google.rpc.RetryInfo");
        assertThat(info.get("retryDelay").asText()).isEqualTo("1.5s");
    }

    @Test
    void aRateLimitSaysWhenToRetryAndWhichLimitItIs() {
        var headers = headers(Denial.ofLimit(Reason.RATE_LIMITED, "x", "team/rpm", 1001));

        assertThat(headers)
                .containsEntry("x-should-retry", "true")
                .containsEntry("retry-after", "2")
                .containsEntry("retry-after-ms", "1001")
                .containsEntry("x-apihub-limit", "team/rpm")
                .containsEntry("x-apihub-reason", "rate_limited");
    }

    @Test
    void aBudgetThatResetsLaterThanAMinuteIsNotRetried() {
        assertThat(headers(Denial.ofLimit(Reason.BUDGET_EXHAUSTED, "x", "q/daily", 60_000)))
                .containsEntry("x-should-retry", "true")
                .containsEntry("retry-after", "60");
        assertThat(headers(Denial.ofLimit(Reason.BUDGET_EXHAUSTED, "x", "q/daily", 60_001)))
                .containsEntry("x-should-retry", "false")
                .containsEntry("retry-after", "61");
    }

    @Test
    void unavailabilityIsRetriedAfterASecond() {
        assertThat(headers(Denial.of(Reason.GRANT_UNAVAILABLE, "x")))
                .containsEntry("x-should-retry", "true")
                .containsEntry("retry-after", "1");
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"UNKNOWN_KEY", "TENANT_SUSPENDED", "MODEL_UNKNOWN", "BALANCE_EXHAUSTED"})
    void whatTimeDoesNotCureIsNotRetried(Reason reason) {
        assertThat(headers(Denial.of(reason, "x")))
                .containsEntry("x-should-retry", "false")
                .doesNotContainKey("retry-after");
    }

    private JsonNode body(Reason reason, Protocol protocol, int status) throws Exception {
        var denial = Denial.ofParam(reason, "Words with \"quotes\".", "model");
        var response = renderer.render(denial, protocol, "req-1");
        assertThat(response.status()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    private Map<String, String> headers(Denial denial) {
        return renderer.render(denial, Protocol.OPENAI, "").headers().stream()
                .collect(Collectors.toMap(ErrorResponse.Header::name, ErrorResponse.Header::value));
    }
}
