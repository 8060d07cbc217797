package io.apihub.extauthz.credit;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * What is left of a lease, and whether it is closing: both in one word, so that nobody takes from a
 * slice that was just given back. While open the word is what may be taken; once closing it is
 * negative, and its lower bits are what goes back to billing, which only grows. Lock free.
 */
final class Slice {

    /** The answer of {@link #take} when there is not enough. */
    static final long REFUSED = -1;

    private static final long CLOSING = Long.MIN_VALUE;
    private static final long MAX = 1L << 61;

    /** One object less than with an AtomicLong: there are very many of these. */
    private static final AtomicLongFieldUpdater<Slice> WORD =
            AtomicLongFieldUpdater.newUpdater(Slice.class, "word");

    private volatile long word;

    /**
     * @param amount 0 to 2^61
     */
    Slice(long amount) {
        if (amount < 0 || amount > MAX) {
            throw new IllegalArgumentException("not an amount: " + amount);
        }
        word = amount;
    }

    /**
     * Takes all of the amount or nothing.
     *
     * @param amount 0 or more
     * @return what is left; {@link #REFUSED} if there is less than the amount or it is closing
     */
    long take(long amount) {
        while (true) {
            long seen = word;
            if (seen < amount) {
                return REFUSED;
            }
            if (WORD.compareAndSet(this, seen, seen - amount)) {
                return seen - amount;
            }
        }
    }

    /** Puts back a part of what was taken; whether it is to be given back to billing. */
    boolean put(long amount) {
        return WORD.addAndGet(this, amount) < 0;
    }

    /** From now on nothing is taken, and what is left goes back. A repeat changes nothing. */
    void close() {
        while (true) {
            long seen = word;
            if (seen < 0 || WORD.compareAndSet(this, seen, seen | CLOSING)) {
                return;
            }
        }
    }

    boolean isClosing() {
        return word < 0;
    }

    /** What may be taken; 0 once closing. */
    long remaining() {
        return Math.max(0, word);
    }

    /** What has gone back, as a running total; 0 until closing. */
    long returned() {
        long seen = word;
        return seen < 0 ? seen & ~CLOSING : 0;
    }

    /** What was neither taken nor given back, in whichever state it is. */
    long unused() {
        return word & ~CLOSING;
    }
}
