package io.apihub.extauthz.quota;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Requests a minute by the generic cell rate algorithm. The burst is the whole amount, so at most
 * the amount is let through in the long run and at most twice that in any 60 seconds.
 */
final class RateCounter implements Counter {

    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final long DEAD = Long.MIN_VALUE;

    /** Theoretical arrival time, on the ticker's scale. */
    private final AtomicLong arrival;

    RateCounter(long nowNanos) {
        arrival = new AtomicLong(nowNanos);
    }

    /** Rounded up, so that the sustained rate is never above the amount. */
    private static long interval(long amount) {
        return Math.ceilDiv(MINUTE_NANOS, amount);
    }

    @Override
    public long take(long amount, long nowNanos) {
        if (amount <= 0) {
            return MINUTE_NANOS;
        }
        long interval = interval(amount);
        long burst = interval * amount;
        while (true) {
            long seen = arrival.get();
            if (seen == DEAD) {
                return SWEPT;
            }
            long next = (seen - nowNanos > 0 ? seen : nowNanos) + interval;
            long over = next - nowNanos - burst;
            if (over > 0) {
                return over;
            }
            if (arrival.compareAndSet(seen, next)) {
                return 0;
            }
        }
    }

    @Override
    public void giveBack(long amount) {
        arrival.addAndGet(-interval(amount));
    }

    @Override
    public void release() {
        // A request that was let through has used its place in the minute.
    }

    @Override
    public long remaining(long amount, long nowNanos) {
        if (amount <= 0) {
            return 0;
        }
        long interval = interval(amount);
        return Math.max(0, (interval * amount - resetNanos(nowNanos)) / interval);
    }

    @Override
    public long resetNanos(long nowNanos) {
        return Math.max(0, arrival.get() - nowNanos);
    }

    @Override
    public boolean sweep(long nowNanos) {
        long seen = arrival.get();
        return seen != DEAD && seen - nowNanos <= 0 && arrival.compareAndSet(seen, DEAD);
    }
}
