package io.apihub.billing.usage;

import io.apihub.billing.budget.Metric;
import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord.Outcome;

/**
 * What one request counts, by metric.
 *
 * @param input all input tokens, cached and written to a cache included
 */
record Measures(long requests, long input, long output, Credits cost) {

    static final Measures NONE = new Measures(0, 0, 0, Credits.ZERO);

    /**
     * What a record counts; an absurd or missing figure counts as the whole hold. Of a free request
     * only that it was one.
     */
    static Measures of(Hold hold, Outcome outcome, TokenUsage tokens, Credits cost) {
        return switch (outcome) {
            case OUTCOME_QUARANTINED, OUTCOME_UNREPORTED -> worst(hold);
            case OUTCOME_MEASURED, OUTCOME_ESTIMATED ->
                    hold.getFree() ? new Measures(1, 0, 0, cost) : of(tokens, cost);
            case OUTCOME_VOIDED, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> NONE;
        };
    }

    private static Measures of(TokenUsage tokens, Credits cost) {
        long input =
                Math.addExact(
                        Math.addExact(tokens.input(), tokens.cachedInput()),
                        Math.addExact(tokens.cacheWrite(), tokens.cacheWrite1h()));
        return new Measures(1, input, tokens.output(), cost);
    }

    /** What a hold set aside; a free one no tokens, whatever it may use. */
    static Measures worst(Hold hold) {
        var cost = new Credits(Math.max(0, hold.getCostMicros()));
        return hold.getFree()
                ? new Measures(1, 0, 0, cost)
                : new Measures(
                        1,
                        Math.max(0, hold.getInputTokens()),
                        Math.max(0, hold.getOutputTokens()),
                        cost);
    }

    long of(Metric metric) {
        return switch (metric) {
            case REQUESTS -> requests;
            case INPUT_TOKENS -> input;
            case OUTPUT_TOKENS -> output;
            case TOTAL_TOKENS -> Math.addExact(input, output);
            case COST -> cost.micros();
            case CONCURRENCY -> 0;
        };
    }
}
