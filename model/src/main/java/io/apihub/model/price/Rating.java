package io.apihub.model.price;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * Usage times price gives money. The same code rates the hold in ext-authz and the settlement in
 * billing.
 *
 * <p>Rounding rule: every part is exact (tokens × price per million × factor); the sum of all parts
 * is rounded up, once, to a micro-unit. So a request is never charged less than the book says, and
 * at most one micro-unit more.
 */
public final class Rating {

    /** tokens × (micros / 10^6 tokens) × (millionths / 10^6) / (10^6 micros a unit). */
    private static final int SCALE = 18;

    private Rating() {}

    /** Rates a finished request. */
    public static RatedUsage rate(TokenUsage usage, ModelPrice price, PriceFactor factor) {
        var input = part(usage.input(), price.input(), factor);
        var cachedInput = part(usage.cachedInput(), price.cachedInput(), factor);
        var cacheWrite = part(usage.cacheWrite(), price.cacheWrite(), factor);
        var cacheWrite1h = part(usage.cacheWrite1h(), price.cacheWrite1h(), factor);
        var output = part(usage.output(), price.output(), factor);
        var perRequest = part(1_000_000, price.perRequest(), factor);
        var exact =
                input.add(cachedInput)
                        .add(cacheWrite)
                        .add(cacheWrite1h)
                        .add(output)
                        .add(perRequest);
        var total = roundUp(exact);
        var rounding = total.subtract(exact);
        return new RatedUsage(
                input,
                cachedInput,
                cacheWrite,
                cacheWrite1h,
                output,
                perRequest,
                rounding,
                Credits.of(total));
    }

    /**
     * The most that a request of at most these tokens can cost: all input at the dearest input
     * price. On the hot path, so without BigDecimal where a long suffices.
     *
     * @throws IllegalArgumentException if a bound is negative
     * @throws ArithmeticException if the cost exceeds what {@link Credits} can hold
     */
    public static Credits worstCase(
            long inputTokens, long outputTokens, ModelPrice price, PriceFactor factor) {
        if (inputTokens < 0 || outputTokens < 0) {
            throw new IllegalArgumentException(
                    "negative bound: " + inputTokens + " input, " + outputTokens + " output");
        }
        long high = Math.multiplyHigh(inputTokens, price.highestInput());
        long inputCost = inputTokens * price.highestInput();
        long outputHigh = Math.multiplyHigh(outputTokens, price.output());
        long outputCost = outputTokens * price.output();
        long sum = inputCost + outputCost;
        boolean small =
                high == 0 && outputHigh == 0 && inputCost >= 0 && outputCost >= 0 && sum >= 0;
        if (small && factor.equals(PriceFactor.ONE)) {
            return new Credits(Math.addExact(Math.ceilDiv(sum, 1_000_000L), price.perRequest()));
        }
        return worstCaseExact(inputTokens, outputTokens, price, factor);
    }

    private static Credits worstCaseExact(
            long inputTokens, long outputTokens, ModelPrice price, PriceFactor factor) {
        return Credits.of(
                roundUp(
                        part(inputTokens, price.highestInput(), factor)
                                .add(part(outputTokens, price.output(), factor))
                                .add(part(1_000_000, price.perRequest(), factor))));
    }

    private static BigDecimal part(long tokens, long price, PriceFactor factor) {
        long cost = tokens * price;
        long product = cost * factor.millionths();
        boolean small =
                (tokens | price) >= 0
                        && Math.multiplyHigh(tokens, price) == 0
                        && cost >= 0
                        && Math.multiplyHigh(cost, factor.millionths()) == 0
                        && product >= 0;
        return small ? BigDecimal.valueOf(product, SCALE) : exactPart(tokens, price, factor);
    }

    private static BigDecimal exactPart(long tokens, long price, PriceFactor factor) {
        var product =
                BigInteger.valueOf(tokens)
                        .multiply(BigInteger.valueOf(price))
                        .multiply(BigInteger.valueOf(factor.millionths()));
        return new BigDecimal(product, SCALE);
    }

    private static BigDecimal roundUp(BigDecimal exact) {
        return exact.setScale(Credits.SCALE, RoundingMode.CEILING);
    }
}
