package io.apihub.extauthz.credit;

/**
 * Where the money of one lease is. What was granted is always {@code remaining + open + returned}
 * plus what was spent, which only ever grows.
 *
 * @param remaining may be taken, micro-units; 0 once closing
 * @param open held by requests in flight
 * @param returned given back to billing, as a running total
 * @param closing nothing more will be taken
 */
record LeaseBalance(long remaining, long open, long returned, boolean closing) {

    LeaseBalance {
        if (remaining < 0 || open < 0 || returned < 0) {
            throw new IllegalArgumentException(
                    "no such balance: remaining=%d open=%d returned=%d"
                            .formatted(remaining, open, returned));
        }
    }

    static LeaseBalance of(long granted) {
        return new LeaseBalance(granted, 0, 0, false);
    }

    boolean covers(long amount) {
        return !closing && remaining >= amount;
    }

    LeaseBalance take(long amount) {
        return new LeaseBalance(remaining - amount, open + amount, returned, false);
    }

    /** Ends a hold: what it did not cost can be taken again, or goes back if the lease closes. */
    LeaseBalance settle(long held, long cost) {
        long unused = held - cost;
        return closing
                ? new LeaseBalance(0, open - held, returned + unused, true)
                : new LeaseBalance(remaining + unused, open - held, returned, false);
    }

    LeaseBalance close() {
        return new LeaseBalance(0, open, returned + remaining, true);
    }

    /** Whether billing has heard the last of it. */
    boolean isOver() {
        return closing && open == 0;
    }
}
