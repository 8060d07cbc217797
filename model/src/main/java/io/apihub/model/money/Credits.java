package io.apihub.model.money;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/**
 * An exact amount of money in the installation's currency; negative in ledger entries that debit.
 *
 * <p>Unit: one millionth (micro) of the currency unit, so {@code 1_500_000} is 1.50. A {@code long}
 * holds about 9.2 trillion currency units; arithmetic past that throws {@link ArithmeticException},
 * it never wraps.
 *
 * @param micros amount in micro-units
 */
public record Credits(long micros) implements Comparable<Credits> {

    public static final Credits ZERO = new Credits(0);

    /** Decimal places of a micro-unit. */
    public static final int SCALE = 6;

    /** Digits before the point of the greatest amount. */
    private static final int MAX_DIGITS = 13;

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,19}(\\.[0-9]{1,19})?");

    /**
     * Converts a decimal amount such as {@code 1.50} without rounding.
     *
     * @throws ArithmeticException if {@code amount} has more than six decimals or does not fit
     */
    public static Credits of(BigDecimal amount) {
        // First by the size alone: writing out 1e999999999 would fill the memory.
        long integerDigits = (long) amount.precision() - amount.scale();
        if (amount.signum() != 0 && (integerDigits > MAX_DIGITS || integerDigits <= -SCALE)) {
            throw new ArithmeticException("amount does not fit");
        }
        return new Credits(
                amount.setScale(SCALE, RoundingMode.UNNECESSARY)
                        .movePointRight(SCALE)
                        .longValueExact());
    }

    /**
     * Parses a decimal amount such as {@code "1.50"}, without exponent.
     *
     * @throws IllegalArgumentException if the text is no decimal number of at most six decimals
     */
    public static Credits parse(String decimal) {
        if (!DECIMAL.matcher(decimal).matches()) {
            throw new IllegalArgumentException(notAnAmount(decimal));
        }
        try {
            return of(new BigDecimal(decimal));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(notAnAmount(decimal), e);
        }
    }

    private static String notAnAmount(String text) {
        return "not an amount with at most six decimals: '" + text + "'";
    }

    public Credits plus(Credits other) {
        return new Credits(Math.addExact(micros, other.micros));
    }

    public Credits minus(Credits other) {
        return new Credits(Math.subtractExact(micros, other.micros));
    }

    public Credits negated() {
        return new Credits(Math.negateExact(micros));
    }

    public boolean isNegative() {
        return micros < 0;
    }

    public boolean isPositive() {
        return micros > 0;
    }

    /** Whether this amount pays for {@code cost} in full. */
    public boolean covers(Credits cost) {
        return micros >= cost.micros;
    }

    public static Credits min(Credits a, Credits b) {
        return a.micros <= b.micros ? a : b;
    }

    public static Credits max(Credits a, Credits b) {
        return a.micros >= b.micros ? a : b;
    }

    @Override
    public int compareTo(Credits other) {
        return Long.compare(micros, other.micros);
    }

    /** The amount as a plain decimal without trailing zeros: {@code 1.5}, {@code -0.000001}. */
    public String toDecimal() {
        var value = BigDecimal.valueOf(micros, SCALE).stripTrailingZeros();
        return value.scale() < 0 ? value.setScale(0).toPlainString() : value.toPlainString();
    }

    @Override
    public String toString() {
        return toDecimal();
    }
}
