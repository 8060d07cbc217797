package io.apihub.billing.usage;

import io.apihub.billing.budget.Metric;
import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;

/**
 * What one request counts, by metric.
 *
 * @param input all input tokens, cached and written to a cache included
 */
record Measures(long requests, long input, long output, Credits cost) {

    static final Measures NONE = new Measures(0, 0, 0, Credits.ZERO);

    /** What a record counts; an absurd or missing figure counts as the whole hold. */
    static Measures of(UsageRecord record, TokenUsage tokens, Credits cost) {
        return switch (record.getOutcome()) {
            case OUTCOME_QUARANTINED, OUTCOME_UNREPORTED -> worst(record.getHold());
            case OUTCOME_MEASURED, OUTCOME_ESTIMATED -> of(tokens, cost);
            case OUTCOME_VOIDED, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> NONE;
        };
    }

    static Measures of(TokenUsage tokens, Credits cost) {
        long input =
                Math.addExact(
                        Math.addExact(tokens.input(), tokens.cachedInput()),
                        Math.addExact(tokens.cacheWrite(), tokens.cacheWrite1h()));
        return new Measures(1, input, tokens.output(), cost);
    }

    /** What a hold set aside. */
    static Measures worst(Hold hold) {
        return new Measures(
                1,
                Math.max(0, hold.getInputTokens()),
                Math.max(0, hold.getOutputTokens()),
                new Credits(Math.max(0, hold.getCostMicros())));
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
