package io.apihub.billing.budget;

/**
 * A stretch of time by the store's clock.
 *
 * @param startMillis the first millisecond in it, since 1970
 * @param endMillis the first one after it; {@link #NEVER} if it does not end
 */
public record Span(long startMillis, long endMillis) {

    /** The end of what does not end. */
    public static final long NEVER = Long.MAX_VALUE;

    public Span {
        if (endMillis <= startMillis) {
            throw new IllegalArgumentException("from " + startMillis + " to " + endMillis);
        }
    }

    public boolean contains(long millis) {
        return startMillis <= millis && millis < endMillis;
    }

    /** The end, or 0 for never, as the wire says it. */
    public long endOrZero() {
        return endMillis == NEVER ? 0 : endMillis;
    }
}
