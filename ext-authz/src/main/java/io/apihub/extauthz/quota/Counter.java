package io.apihub.extauthz.quota;

/** What one limit has counted for one subject. Thread safe, without locks. */
interface Counter {

    /** The answer of {@link #take} when the counter was swept away: look it up again. */
    long SWEPT = -1;

    /**
     * Counts one request.
     *
     * @return 0 if it was taken; else the nanoseconds after which it may be tried again
     */
    long take(long amount, long nowNanos);

    /** Undoes one {@link #take}, when a later step of the same check refuses. */
    void giveBack(long amount);

    /** Ends a request that was let through. */
    void release();

    /** What is left now. */
    long remaining(long amount, long nowNanos);

    /** Nanoseconds until all of the amount is there again, if nothing more is taken. */
    long resetNanos(long nowNanos);

    /** Marks the counter dead if it stands as if it had never been used. */
    boolean sweep(long nowNanos);
}
