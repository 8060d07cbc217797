package io.apihub.extauthz.credit;

/**
 * How much of something this gateway needs: four times the largest recent hold, or what was used in
 * 30 s, whichever is more. Holds are noted by many threads without order; all else is guarded by
 * the tenant's desk.
 */
final class Demand {

    private static final int SECONDS = 30;
    private static final long DOUBLES_WITHIN = 2_000_000_000L;

    /** Two spans of 30 ticks, so that a large hold is forgotten after one minute at most. */
    private volatile long largest;

    private long largestBefore;
    private int ticks;
    private long gone;
    private long goneBefore;
    private long recent;
    private long waiting;
    private long lastSize;
    private long lastAsked;

    /** Notes a hold. */
    void held(long amount) {
        if (amount > largest) {
            largest = amount;
        }
    }

    void waits(long amount) {
        waiting += amount;
    }

    void waitsNoMore(long amount) {
        waiting -= amount;
    }

    /** A lease is gone: with it what was taken of it. */
    void closed(long used) {
        gone += used;
    }

    /**
     * A second has passed.
     *
     * @param used of the leases that are open
     */
    void tick(long used) {
        long now = gone + used;
        recent += Math.max(0, now - goneBefore) - recent / SECONDS;
        goneBefore = now;
        if (++ticks >= SECONDS) {
            ticks = 0;
            largestBefore = largest;
            largest = 0;
        }
    }

    /** Nothing of it was used for so long that nothing is recent. */
    void forget() {
        largest = 0;
        largestBefore = 0;
        recent = 0;
        lastSize = 0;
    }

    boolean isIdle() {
        return recent < SECONDS && waiting == 0;
    }

    /**
     * How much to wish for, and noted as asked for: who comes back within two seconds gets twice as
     * much as the last time.
     *
     * @param most more is of no use
     */
    long wish(long needed, long most, long now) {
        long hold = Math.max(needed, Math.max(largest, largestBefore));
        long size = Math.max(hold > Long.MAX_VALUE / 4 ? hold : 4 * hold, recent);
        if (lastSize > 0 && now - lastAsked < DOUBLES_WITHIN && lastSize < Long.MAX_VALUE / 4) {
            size = Math.max(size, 2 * lastSize);
        }
        size = Math.max(size, Math.max(0, waiting));
        lastAsked = now;
        lastSize = Math.max(needed, Math.min(size, most));
        return lastSize;
    }
}
