package io.apihub.billing.usage;

/**
 * The digits of a number as Postgres writes a numeric: to the base of 10,000, without zeros at
 * either end.
 */
final class NumericDigits {

    /** So many decimals fit a long. */
    static final int MAX_SCALE = 18;

    private static final int BASE = 10_000;
    private static final int WIDTH = 4;
    private static final long[] POWERS = powers();

    /** Of a long's 19 digits with any scale: 5 before the point and 5 behind it. */
    private static final int MOST = 10;

    private final short[] all;
    private final int first;
    private final int count;
    private final int weight;

    private NumericDigits(short[] all, int first, int end, int point) {
        this.all = all;
        this.first = first;
        this.count = end - first;
        this.weight = point - 1 - first;
    }

    private static long[] powers() {
        var powers = new long[MAX_SCALE + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }

    /**
     * Of {@code unscaled / 10^scale}.
     *
     * @param unscaled above 0
     * @param scale 0 to {@link #MAX_SCALE}
     */
    static NumericDigits of(long unscaled, int scale) {
        var digits = new short[MOST];
        int at = MOST;
        long fraction = unscaled % POWERS[scale];
        int odd = scale % WIDTH;
        if (odd > 0) {
            // What is behind the last whole digit of the base, filled up with zeros.
            digits[--at] = (short) (fraction % POWERS[odd] * POWERS[WIDTH - odd]);
            fraction /= POWERS[odd];
        }
        for (int i = 0; i < scale / WIDTH; i++) {
            digits[--at] = (short) (fraction % BASE);
            fraction /= BASE;
        }
        int point = at;
        for (long whole = unscaled / POWERS[scale]; whole > 0; whole /= BASE) {
            digits[--at] = (short) (whole % BASE);
        }
        int end = MOST;
        while (digits[end - 1] == 0) {
            end--;
        }
        while (digits[at] == 0) {
            at++;
        }
        return new NumericDigits(digits, at, end, point);
    }

    int count() {
        return count;
    }

    /** Of the first digit, as a power of the base. */
    int weight() {
        return weight;
    }

    int digit(int place) {
        return all[first + place];
    }
}
