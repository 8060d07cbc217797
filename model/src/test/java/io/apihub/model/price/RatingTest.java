package io.apihub.model.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rating against a second calculation in plain decimals, on many random requests. */
class RatingTest {

    private static final int CASES = 20_000;
    private static final BigDecimal MICRO = new BigDecimal("0.000001");
    private static final BigDecimal MILLION = new BigDecimal(1_000_000);

    private final Samples samples = new Samples(new Random(20_261_123));

    @Test
    void aRequestThatACalculatorRates() {
        // 1000 × 17.50, 200 × 8.75, 30 × 70 for each million: 0.0175 + 0.00175 + 0.0021.
        var price = price(17_500_000, 8_750_000, 17_500_000, 35_000_000, 70_000_000, 0);

        var rated = Rating.rate(new TokenUsage(1000, 200, 0, 0, 30, 0), price, PriceFactor.ONE);

        assertThat(rated.total()).isEqualTo(Credits.parse("0.02135"));
        assertThat(rated.input()).isEqualByComparingTo("0.0175");
        assertThat(rated.cachedInput()).isEqualByComparingTo("0.00175");
        assertThat(rated.output()).isEqualByComparingTo("0.0021");
        assertThat(rated.rounding()).isEqualByComparingTo("0");
    }

    @Test
    void theSmallestPartOfAMicroIsRoundedUpToOneMicro() {
        var price = price(1, 0, 0, 0, 0, 0);

        var rated = Rating.rate(TokenUsage.of(1, 0), price, new PriceFactor(1));

        assertThat(rated.input()).isEqualByComparingTo("0.000000000000000001");
        assertThat(rated.total()).isEqualTo(new Credits(1));
    }

    @Test
    void aRequestCostsTheExactSumOrLessThanAMicroMore() {
        for (int i = 0; i < CASES; i++) {
            var usage = samples.usage();
            var price = samples.price();
            var factor = samples.factor();

            var total = Rating.rate(usage, price, factor).total();

            var excess = decimal(total).subtract(exact(usage, price, factor));
            assertThat(excess).isNotNegative().isLessThan(MICRO);
        }
    }

    @Test
    void thePartsAndTheRoundingAddUpToTheTotal() {
        for (int i = 0; i < CASES; i++) {
            var rated = Rating.rate(samples.usage(), samples.price(), samples.factor());

            var sum =
                    rated.input()
                            .add(rated.cachedInput())
                            .add(rated.cacheWrite())
                            .add(rated.cacheWrite1h())
                            .add(rated.output())
                            .add(rated.perRequest())
                            .add(rated.rounding());
            assertThat(sum).isEqualByComparingTo(decimal(rated.total()));
        }
    }

    @Test
    void noRequestWithinItsBoundsCostsMoreThanTheWorstCase() {
        for (int i = 0; i < CASES; i++) {
            var usage = samples.usage();
            var price = samples.price();
            var factor = samples.factor();
            long input = usage.totalInput() + samples.slack();
            long output = usage.output() + samples.slack();

            var worst = Rating.worstCase(input, output, price, factor);

            assertThat(worst.covers(Rating.rate(usage, price, factor).total())).isTrue();
        }
    }

    @Test
    void theWorstCaseIsNoHigherThanTheDearestRequestWithinTheBounds() {
        for (int i = 0; i < CASES; i++) {
            var price = samples.price();
            var factor = samples.factor();
            var usage = samples.usage();
            long input = usage.totalInput();
            var dearest =
                    decimal(price.highestInput())
                            .multiply(new BigDecimal(input))
                            .add(decimal(price.output()).multiply(new BigDecimal(usage.output())))
                            .divide(MILLION)
                            .add(decimal(price.perRequest()))
                            .multiply(decimal(factor.millionths()));

            var worst = Rating.worstCase(input, usage.output(), price, factor);

            assertThat(decimal(worst).subtract(dearest)).isNotNegative().isLessThan(MICRO);
        }
    }

    @Test
    void aCostPastAllMoneyThrowsAndNeverWraps() {
        long most = ModelPrice.MAX;
        var price = price(most, most, most, most, most, most);
        var usage = TokenUsage.of(TokenUsage.MAX, TokenUsage.MAX);
        var dearest = new PriceFactor(1_000_000_000);

        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Rating.rate(usage, price, dearest));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() ->
                        Rating.worstCase(Long.MAX_VALUE, Long.MAX_VALUE, price, PriceFactor.ONE));
    }

    @Test
    void aNegativeBoundIsAMistakeAndNotACheapHold() {
        var price = price(1, 1, 1, 1, 1, 0);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rating.worstCase(-1, 0, price, PriceFactor.ONE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rating.worstCase(0, -1, price, PriceFactor.ONE));
    }

    private static BigDecimal exact(TokenUsage usage, ModelPrice price, PriceFactor factor) {
        return product(usage.input(), price.input())
                .add(product(usage.cachedInput(), price.cachedInput()))
                .add(product(usage.cacheWrite(), price.cacheWrite()))
                .add(product(usage.cacheWrite1h(), price.cacheWrite1h()))
                .add(product(usage.output(), price.output()))
                .add(decimal(price.perRequest()))
                .multiply(decimal(factor.millionths()));
    }

    private static BigDecimal product(long tokens, long price) {
        return new BigDecimal(tokens).multiply(decimal(price)).divide(MILLION);
    }

    private static BigDecimal decimal(Credits credits) {
        return decimal(credits.micros());
    }

    private static BigDecimal decimal(long micros) {
        return new BigDecimal(micros).multiply(MICRO);
    }

    private static ModelPrice price(
            long input, long cached, long write, long write1h, long output, long perRequest) {
        return new ModelPrice(
                new ModelPattern("m"), input, cached, write, write1h, output, perRequest, true);
    }

    /** Numbers of every size, edges often. */
    private record Samples(Random random) {

        long upTo(long max) {
            return switch (random.nextInt(6)) {
                case 0 -> 0;
                case 1 -> 1;
                case 2 -> max;
                default ->
                        random.nextLong(max + 1)
                                >> random.nextInt(64 - Long.numberOfLeadingZeros(max));
            };
        }

        TokenUsage usage() {
            long max = 1_000_000_000;
            long output = upTo(max);
            return new TokenUsage(
                    upTo(max), upTo(max), upTo(max), upTo(max), output, upTo(output + 1) / 2);
        }

        ModelPrice price() {
            long max = 1_000_000_000;
            return RatingTest.price(
                    upTo(max), upTo(max), upTo(max), upTo(max), upTo(max), upTo(max));
        }

        PriceFactor factor() {
            return random.nextBoolean() ? PriceFactor.ONE : new PriceFactor(upTo(1_000_000_000));
        }

        long slack() {
            return upTo(1000);
        }
    }
}
