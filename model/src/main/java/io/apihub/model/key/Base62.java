package io.apihub.model.key;

import java.util.Arrays;

/** Base 62 with the alphabet {@code 0-9 A-Z a-z}, most significant digit first. */
final class Base62 {

    static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static final byte[] DIGIT = digits();

    private Base62() {}

    private static byte[] digits() {
        var digits = new byte[128];
        Arrays.fill(digits, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            digits[ALPHABET.charAt(i)] = (byte) i;
        }
        return digits;
    }

    /** The digit's value, or -1 if the character is not of the alphabet. */
    static int digit(char c) {
        return c < DIGIT.length ? DIGIT[c] : -1;
    }

    static boolean matches(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (digit(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes a value of 0 or more, padded with zeros on the left to {@code width} digits. */
    static String encode(long value, int width) {
        if (value < 0) {
            throw new IllegalArgumentException("negative: " + value);
        }
        var out = new char[width];
        long rest = value;
        for (int i = width - 1; i >= 0; i--) {
            out[i] = ALPHABET.charAt((int) (rest % 62));
            rest /= 62;
        }
        if (rest != 0) {
            throw new IllegalArgumentException(value + " does not fit " + width + " digits");
        }
        return new String(out);
    }

    /** Reads digits that {@link #matches} accepted; at most ten, so that it fits a long. */
    static long decode(CharSequence text, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value * 62 + digit(text.charAt(i));
        }
        return value;
    }
}
