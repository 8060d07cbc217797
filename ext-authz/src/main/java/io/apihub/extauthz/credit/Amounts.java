package io.apihub.extauthz.credit;

/**
 * What one request takes at most, or took in the end. None is negative.
 *
 * @param requests 1, or 0 for what never reached an upstream
 * @param costMicros micro-units of currency
 */
public record Amounts(long requests, long costMicros, long inputTokens, long outputTokens) {

    /** A request that never reached an upstream. */
    public static final Amounts NOTHING = new Amounts(0, 0, 0, 0);

    public Amounts {
        if ((requests | costMicros | inputTokens | outputTokens) < 0) {
            throw new IllegalArgumentException(
                    "negative amounts: %d requests, %d micros, %d input, %d output"
                            .formatted(requests, costMicros, inputTokens, outputTokens));
        }
    }

    /** How much of one metric it is. */
    public long of(Metric metric) {
        return switch (metric) {
            case COST -> costMicros;
            case REQUESTS -> requests;
            case INPUT_TOKENS -> inputTokens;
            case OUTPUT_TOKENS -> outputTokens;
            case TOTAL_TOKENS -> total();
            case CONCURRENCY -> 1;
        };
    }

    private long total() {
        long sum = inputTokens + outputTokens;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
