package io.apihub.extauthz.credit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate a minute with a burst, by the generic cell rate algorithm: the theoretical arrival time at
 * which the bucket is full again. What is known at once is taken at once; of what is known only at
 * the end the worst case is kept apart until then, because a part that was taken too much could not
 * be given back later without letting too much through. Lock free.
 *
 * <p>All rounding is against the caller: over any time W at most rate × W + burst is let through.
 */
final class RateBucket {

    /** The answer of {@link #take} to what this bucket can never hold. */
    static final long NEVER = Long.MIN_VALUE;

    private static final long MINUTE = 60_000_000_000L;
    private static final long CLOSED = Long.MIN_VALUE;

    /** Amounts up to this have an exact product with a minute. */
    private static final long EXACT = Long.MAX_VALUE / MINUTE;

    private final long rate;
    private final long burst;
    private final long origin;
    private final long tolerance;

    /**
     * When it is full again, in nanoseconds from the origin; negative once closed, so that nobody
     * takes after billing was told.
     */
    private final AtomicLong arrival;

    /** The worst cases of what has not ended, in nanoseconds; negative once closed. */
    private final AtomicLong pending = new AtomicLong();

    /**
     * @param rate a minute
     * @param burst what may be taken at once from the full bucket
     * @param now monotonic nanoseconds
     * @param full when it will be full, on the same scale
     */
    RateBucket(long rate, long burst, long now, long full) {
        this.rate = Math.max(0, rate);
        this.burst = this.rate == 0 ? 0 : Math.max(0, burst);
        this.origin = now;
        // A nanosecond for each single unit of the burst, since each cost is rounded up; but less
        // than one unit more.
        long slack = this.rate == 0 ? 0 : Math.clamp(cost(1) - 2, 0, this.burst);
        this.tolerance = this.rate == 0 ? 0 : nanos(this.burst, false) + slack;
        this.arrival = new AtomicLong(Math.max(0, full - now));
    }

    /** Nanoseconds in which the rate makes up for an amount, rounded up. */
    private long cost(long amount) {
        return nanos(amount, true);
    }

    /** Amounts that are too large for an exact product are rounded as told. */
    private long nanos(long amount, boolean up) {
        if (amount <= EXACT) {
            return Math.ceilDiv(amount * MINUTE, rate);
        }
        long minutes = amount / rate;
        long rest = amount % rate;
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(rate / EXACT));
        int one = shift == 0 ? 0 : 1;
        long part =
                up
                        ? Math.ceilDiv(((rest >> shift) + one) * MINUTE, rate >> shift)
                        : (rest >> shift) * MINUTE / ((rate >> shift) + one);
        return minutes >= EXACT / 2 ? Long.MAX_VALUE / 4 : minutes * MINUTE + part;
    }

    /**
     * Takes all of the amount or nothing, at once.
     *
     * @return the mark to give back with, 0 or more; else the nanoseconds to wait, negated, or
     *     {@link #NEVER}
     */
    long take(long amount, long now) {
        if (amount > burst) {
            return NEVER;
        }
        long cost = cost(amount);
        long at = at(now);
        while (true) {
            // What is kept may become what is used between the two looks, never the reverse.
            long kept = pending.get();
            long seen = arrival.get();
            if (seen < 0) {
                return NEVER;
            }
            long next = Math.max(seen, at) + cost;
            long over = next - at + kept - tolerance;
            if (over > 0) {
                return -over;
            }
            if (arrival.compareAndSet(seen, next)) {
                return at;
            }
        }
    }

    private long at(long now) {
        return Math.max(0, now - origin);
    }

    /**
     * Puts back what was taken, as far as time cannot have made up for it already.
     *
     * @param mark the answer of {@link #take}
     */
    void giveBack(long amount, long mark, long now) {
        long back = cost(amount) - (at(now) - mark);
        while (back > 0) {
            long seen = arrival.get();
            long before = Math.max(0, (seen & ~CLOSED) - back);
            if (arrival.compareAndSet(seen, before | (seen & CLOSED))) {
                return;
            }
        }
    }

    /**
     * Keeps the amount apart until {@link #settle}.
     *
     * @return 0; else the nanoseconds to wait, negated, if nothing is settled until then, or {@link
     *     #NEVER}
     */
    long reserve(long amount, long now) {
        if (amount > burst) {
            return NEVER;
        }
        long cost = cost(amount);
        long at = at(now);
        while (true) {
            long kept = pending.get();
            if (kept < 0) {
                return NEVER;
            }
            long over = used(at) + kept + cost - tolerance;
            if (over > 0) {
                return -over;
            }
            if (pending.compareAndSet(kept, kept + cost)) {
                // Between the two looks what was kept may have become what is used.
                if ((pending.get() & ~CLOSED) + used(at) <= tolerance) {
                    return 0;
                }
                pending.addAndGet(-cost);
            }
        }
    }

    /** What was reserved has ended and used so much. */
    void settle(long reserved, long used, long now) {
        long at = at(now);
        long cost = used > 0 ? cost(Math.min(used, reserved)) : 0;
        while (cost > 0) {
            long seen = arrival.get();
            long next = Math.max(seen & ~CLOSED, at) + cost;
            if (arrival.compareAndSet(seen, next | (seen & CLOSED))) {
                break;
            }
        }
        pending.addAndGet(-cost(reserved));
    }

    /**
     * From now on nothing is taken. A repeat changes nothing. Both words are marked before {@link
     * #isClosed} says so: what billing is told then has all in it that was let through.
     */
    void close() {
        mark(arrival);
        mark(pending);
    }

    private static void mark(AtomicLong word) {
        while (true) {
            long seen = word.get();
            if (seen < 0 || word.compareAndSet(seen, seen | CLOSED)) {
                return;
            }
        }
    }

    /** When it is full again, monotonic, if what is kept apart is used up. */
    long fullAt(long now) {
        return now + resetNanos(now);
    }

    /** How long to wait for the amount; {@link Refusal#NEVER} if this bucket never holds it. */
    long waitNanos(long amount, long now) {
        if (amount > burst || isClosed()) {
            return Refusal.NEVER;
        }
        return Math.max(0, resetNanos(now) + cost(amount) - tolerance);
    }

    boolean isClosed() {
        return pending.get() < 0;
    }

    /** A number that changes when it is used. */
    long trace() {
        return (arrival.get() & ~CLOSED) + (pending.get() & ~CLOSED);
    }

    long burst() {
        return burst;
    }

    /** What could be taken now. */
    long remaining(long now) {
        long free = tolerance - resetNanos(now);
        return rate == 0 || isClosed() ? 0 : Math.clamp(free / Math.max(1, cost(1)), 0, burst);
    }

    /** Nanoseconds until it is full, if nothing more is taken. */
    long resetNanos(long now) {
        long kept = pending.get() & ~CLOSED;
        return used(at(now)) + kept;
    }

    /** Nanoseconds of what is used that time has not made up for. */
    private long used(long at) {
        return Math.max(0, (arrival.get() & ~CLOSED) - at);
    }
}
