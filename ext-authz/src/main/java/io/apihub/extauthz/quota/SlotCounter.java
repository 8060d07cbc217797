package io.apihub.extauthz.quota;

import java.util.concurrent.atomic.AtomicLong;

/** Requests at once. */
final class SlotCounter implements Counter {

    /** Nobody knows when a request ends: ask again after a second. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    private static final long DEAD = Long.MIN_VALUE;

    private final AtomicLong used = new AtomicLong();

    @Override
    public long take(long amount, long nowNanos) {
        while (true) {
            long seen = used.get();
            if (seen == DEAD) {
                return SWEPT;
            }
            if (seen >= amount) {
                return RETRY_NANOS;
            }
            if (used.compareAndSet(seen, seen + 1)) {
                return 0;
            }
        }
    }

    @Override
    public void giveBack(long amount) {
        release();
    }

    @Override
    public void release() {
        used.decrementAndGet();
    }

    @Override
    public long remaining(long amount, long nowNanos) {
        return Math.max(0, amount - Math.max(0, used.get()));
    }

    @Override
    public long resetNanos(long nowNanos) {
        return 0;
    }

    @Override
    public boolean sweep(long nowNanos) {
        return used.compareAndSet(0, DEAD);
    }
}
