package io.apihub.billing.payment.epay;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** Amounts as platforms write them: {@code 1.00} comes back as {@code 1}, 10.50 as {@code 10.5}. */
public final class EpayAmount {

    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,10}(\\.[0-9]{1,6})?");
    private static final int DECIMALS = 2;

    private EpayAmount() {}

    /** Reads an amount; empty if it is none. To be compared by {@code compareTo}. */
    public static Optional<BigDecimal> parse(String text) {
        return AMOUNT.matcher(text).matches()
                ? Optional.of(new BigDecimal(text))
                : Optional.empty();
    }

    /**
     * Writes an amount with two decimals.
     *
     * @throws ArithmeticException if it has more
     */
    public static String text(BigDecimal amount) {
        return amount.setScale(DECIMALS).toPlainString();
    }
}
