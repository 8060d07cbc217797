package io.apihub.model.usage;

/**
 * What one request used, in tokens, in parts that do not overlap.
 *
 * @param input input tokens read at the full price
 * @param cachedInput input tokens read from the provider's cache
 * @param cacheWrite input tokens written to a cache of five minutes
 * @param cacheWrite1h input tokens written to a cache of one hour
 * @param output output tokens, reasoning included
 * @param reasoning the part of {@code output} that was reasoning; for information, never priced
 *     apart
 */
public record TokenUsage(
        long input,
        long cachedInput,
        long cacheWrite,
        long cacheWrite1h,
        long output,
        long reasoning) {

    public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0, 0, 0);

    /** A count above this is absurd, whatever the model. */
    public static final long MAX = 1_000_000_000_000L;

    public TokenUsage {
        check("input", input);
        check("cachedInput", cachedInput);
        check("cacheWrite", cacheWrite);
        check("cacheWrite1h", cacheWrite1h);
        check("output", output);
        check("reasoning", reasoning);
        if (reasoning > output) {
            throw new IllegalArgumentException(
                    "reasoning " + reasoning + " exceeds output " + output);
        }
    }

    private static void check(String part, long count) {
        if (count < 0 || count > MAX) {
            throw new IllegalArgumentException(part + " out of range: " + count);
        }
    }

    public static TokenUsage of(long input, long output) {
        return new TokenUsage(input, 0, 0, 0, output, 0);
    }

    public long totalInput() {
        return input + cachedInput + cacheWrite + cacheWrite1h;
    }

    public long total() {
        return totalInput() + output;
    }
}
