package io.apihub.model.price;

/**
 * The prices of the models that one pattern matches. Unit: micro-units of currency per million
 * tokens; {@code perRequest}: micro-units.
 */
public record ModelPrice(
        ModelPattern model,
        long input,
        long cachedInput,
        long cacheWrite,
        long cacheWrite1h,
        long output,
        long perRequest,
        boolean pricedPerRequest) {

    /** Above this a price is a slip of the pen: a million currency units per million tokens. */
    public static final long MAX = 1_000_000_000_000L;

    public ModelPrice {
        for (long price :
                new long[] {input, cachedInput, cacheWrite, cacheWrite1h, output, perRequest}) {
            if (price < 0 || price > MAX) {
                throw new IllegalArgumentException("price out of range: " + price);
            }
        }
    }

    /** The dearest way in which an input token may be charged. */
    public long highestInput() {
        return Math.max(Math.max(input, cachedInput), Math.max(cacheWrite, cacheWrite1h));
    }
}
