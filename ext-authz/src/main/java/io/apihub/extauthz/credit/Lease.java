package io.apihub.extauthz.credit;

/** A slice of something that this process may spend without asking. Thread safe, without locks. */
abstract sealed class Lease permits AmountLease, RateLease {

    private final long id;
    private final Allowance owner;
    private final LeaseTerm term;
    private boolean traced;
    private long lastTrace;
    private long lastMoved;

    Lease(long id, Allowance owner, LeaseTerm term) {
        this.id = id;
        this.owner = owner;
        this.term = term;
    }

    final long id() {
        return id;
    }

    final Allowance owner() {
        return owner;
    }

    final LeaseTerm term() {
        return term;
    }

    /**
     * Takes all of the amount or nothing.
     *
     * @return a mark to give back with, 0 or more; negative if there is not enough
     */
    abstract long take(long amount, long now);

    /**
     * Ends what was taken.
     *
     * @param used what was really spent, at most {@code taken}
     * @return whether billing must be told
     */
    abstract boolean giveBack(long taken, long used, long mark, long now);

    /** From now on nothing is taken. */
    abstract void close();

    /** Whether billing may be told that it is closed. */
    abstract boolean isReturnable();

    /** Whether nothing more will come of it. */
    abstract boolean isOver();

    /** What is to be said to billing: a running total; of rates 0. */
    abstract long returnedTotal();

    /** When the bucket is full again, monotonic; meaningless for amounts. */
    abstract long fullAt(long now);

    /** All of it: granted, burst or slots. */
    abstract long size();

    /** What could be taken now. */
    abstract long remaining(long now);

    /** What requests in flight hold. */
    abstract long open();

    /** A number that changes when it is used. */
    abstract long trace();

    /** How long it has not been used. To be asked by one thread at a time, now and then. */
    final long idleNanos(long now) {
        long seen = trace();
        if (seen != lastTrace || !traced) {
            traced = true;
            lastTrace = seen;
            lastMoved = now;
        }
        return now - lastMoved;
    }
}
