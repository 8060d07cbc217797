package io.apihub.model.price;

import io.apihub.model.money.Credits;

/**
 * What multiplies the book for one tenant.
 *
 * @param millionths 1_000_000 is the book's price; 0 to 1000 times
 */
public record PriceFactor(long millionths) {

    public static final PriceFactor ONE = new PriceFactor(1_000_000);

    private static final long MAX = 1_000_000_000L;

    public PriceFactor {
        if (millionths < 0 || millionths > MAX) {
            throw new IllegalArgumentException("price factor out of range: " + millionths);
        }
    }

    /**
     * Parses a decimal such as {@code "0.85"}.
     *
     * @throws IllegalArgumentException if it has more than six decimals or is not within 0 to 1000
     */
    public static PriceFactor parse(String decimal) {
        return new PriceFactor(Credits.parse(decimal).micros());
    }
}
