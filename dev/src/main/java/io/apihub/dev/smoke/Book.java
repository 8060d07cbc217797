package io.apihub.dev.smoke;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The prices of {@code tenants.yaml} applied by hand: written apart from the product's rating, so
 * that the two check each other.
 */
final class Book {

    private static final BigDecimal MILLION = new BigDecimal(1_000_000);
    private static final BigDecimal FACTOR = new BigDecimal("1.25");

    private Book() {}

    /** What a request costs the tenant {@code smoke}, rounded up once to six decimals. */
    static BigDecimal cost(String model, Tokens tokens) {
        var exact =
                switch (model) {
                    case "demo-gpt" ->
                            sum(tokens, "17.50", "8.75", "17.50", "70.003").divide(MILLION);
                    case "smoke-direct" ->
                            sum(tokens, "3.000001", "0.3", "3.75", "15")
                                    .divide(MILLION)
                                    .add(new BigDecimal("0.0001"));
                    default -> throw new IllegalArgumentException("no price for " + model);
                };
        // Up: the gateway never charges less than the book says.
        return exact.multiply(FACTOR).setScale(6, RoundingMode.CEILING);
    }

    private static BigDecimal sum(
            Tokens tokens, String input, String cached, String cacheWrite, String output) {
        return times(tokens.input(), input)
                .add(times(tokens.cachedInput(), cached))
                .add(times(tokens.cacheWrite() + tokens.cacheWrite1h(), cacheWrite))
                .add(times(tokens.output(), output));
    }

    private static BigDecimal times(long tokens, String price) {
        return new BigDecimal(tokens).multiply(new BigDecimal(price));
    }
}
