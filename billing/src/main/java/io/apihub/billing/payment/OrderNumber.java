package io.apihub.billing.payment;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** An order's number: 128 random bits, which platforms know as 32 hexadecimal digits. */
public final class OrderNumber {

    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{32}");
    private static final int HALF = 16;
    private static final int HEX = 16;

    private OrderNumber() {}

    static UUID next(RandomGenerator random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    public static String text(UUID order) {
        return order.toString().replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** Reads one; empty if it is none of ours. */
    public static Optional<UUID> parse(String text) {
        return DIGITS.matcher(text).matches()
                ? Optional.of(new UUID(half(text.substring(0, HALF)), half(text.substring(HALF))))
                : Optional.empty();
    }

    private static long half(String digits) {
        return new BigInteger(digits, HEX).longValue();
    }
}
