package io.apihub.extauthz.error;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.apihub.extauthz.error.ErrorResponse.Header;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes refusals in the words of each protocol. The one place that knows the error contract. */
public final class ErrorRenderer {

    /** Official clients wait no longer than this for a retry. */
    private static final long LONGEST_RETRY_MILLIS = 60_000;

    private static final long UNAVAILABLE_RETRY_MILLIS = 1_000;

    /**
     * Renders one refusal.
     *
     * @param requestId Envoy's id of the request; empty if it has none
     */
    public ErrorResponse render(Denial denial, Protocol protocol, String requestId) {
        var row = Row.of(protocol, denial.reason());
        long retryMillis = retryMillis(denial);
        return new ErrorResponse(
                row.status(),
                headers(denial, retryMillis),
                switch (protocol) {
                    case OPENAI -> openAi(denial, row);
                    case ANTHROPIC -> anthropic(denial, row, requestId);
                    case GEMINI -> gemini(denial, row, retryMillis);
                });
    }

    /** 0 = do not try again. */
    private static long retryMillis(Denial denial) {
        return switch (denial.reason().kind()) {
            case UNAVAILABLE -> UNAVAILABLE_RETRY_MILLIS;
            case RATE -> Math.max(1, denial.retryAfterMillis());
            case BUDGET -> denial.retryAfterMillis();
            case KEY,
                    PERMISSION,
                    MODEL_FORBIDDEN,
                    MODEL_UNKNOWN,
                    REQUEST,
                    MONEY,
                    OVER_LIMIT,
                    TOO_LARGE ->
                    0;
        };
    }

    private static List<Header> headers(Denial denial, long retryMillis) {
        var headers = new ArrayList<Header>(8);
        headers.add(new Header("content-type", "application/json"));
        headers.add(new Header("x-apihub-reason", denial.reason().code()));
        boolean retry = retryMillis > 0 && retryMillis <= LONGEST_RETRY_MILLIS;
        headers.add(new Header("x-should-retry", String.valueOf(retry)));
        if (retryMillis > 0) {
            headers.add(new Header("retry-after", String.valueOf(seconds(retryMillis))));
        }
        if (retry && denial.reason().kind() == Reason.Kind.RATE) {
            headers.add(new Header("retry-after-ms", String.valueOf(retryMillis)));
        }
        if (denial.limit() != null) {
            headers.add(new Header("x-apihub-limit", denial.limit()));
        }
        return headers;
    }

    private static long seconds(long millis) {
        return Math.ceilDiv(millis, 1000L);
    }

    private static String openAi(Denial denial, Row row) {
        return "{\"error\":{\"message\":"
                + quoted(denial.words())
                + ",\"type\":"
                + quoted(row.type())
                + ",\"param\":"
                + quoted(denial.param())
                + ",\"code\":"
                + quoted(row.code().isEmpty() ? null : row.code())
                + "}}";
    }

    private static String anthropic(Denial denial, Row row, String requestId) {
        return "{\"type\":\"error\",\"error\":{\"type\":"
                + quoted(row.type())
                + ",\"message\":"
                + quoted(wordsWithParam(denial))
                + "},\"request_id\":"
                + quoted(requestId)
                + "}";
    }

    private static String gemini(Denial denial, Row row, long retryMillis) {
        var details =
                retryMillis > 0
                        ? ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\""
                                + BigDecimal.valueOf(retryMillis, 3)
                                        .stripTrailingZeros()
                                        .toPlainString()
                                + "s\"}]"
                        : "";
        return "{\"error\":{\"code\":"
                + row.status()
                + ",\"message\":"
                + quoted(wordsWithParam(denial))
                + ",\"status\":"
                + quoted(row.type())
                + details
                + "}}";
    }

    private static String wordsWithParam(Denial denial) {
        boolean named = denial.param() != null && denial.reason().kind() == Reason.Kind.REQUEST;
        return named ? denial.param() + ": " + denial.words() : denial.words();
    }

    private static String quoted(@Nullable String text) {
        return text == null
                ? "null"
                : '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
