package io.apihub.billing.budget;

/** Arithmetic that refuses what must not be. */
final class Amounts {

    private static final long MINUTE_MILLIS = 60_000;

    private Amounts() {}

    static void requireFree(Pot pot, long amount) {
        if (amount < 0 || amount > pot.free()) {
            throw new IllegalArgumentException(
                    amount + " of " + pot.id() + ", which has " + pot.free() + " free");
        }
    }

    static long less(long from, long amount) {
        if (amount < 0 || amount > from) {
            throw new IllegalArgumentException("can't take " + amount + " from " + from);
        }
        return from - amount;
    }

    /** What a rate lets pass in so many milliseconds, at most a minute's worth; rounded down. */
    static long passed(long ratePerMinute, long millis) {
        long within = Math.clamp(millis, 0, MINUTE_MILLIS);
        return ratePerMinute / MINUTE_MILLIS * within
                + ratePerMinute % MINUTE_MILLIS * within / MINUTE_MILLIS;
    }

    /** Milliseconds until a rate has let so much pass, at most a minute; rounded up. */
    static long millisFor(long level, long ratePerMinute) {
        if (level <= 0) {
            return 0;
        }
        long low = 0;
        long high = MINUTE_MILLIS;
        while (low < high) {
            long middle = (low + high) / 2;
            if (passed(ratePerMinute, middle) >= level) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
