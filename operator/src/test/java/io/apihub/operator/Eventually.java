package io.apihub.operator;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Polls for what must become true. */
public final class Eventually {

    private Eventually() {}

    /** Waits until {@code condition} holds; fails with {@code what} after {@code limit}. */
    public static void within(Duration limit, String what, Callable<Boolean> condition)
            throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Waits a minute at most: long enough for a slow machine, as it is no measurement. */
    public static void eventually(String what, Callable<Boolean> condition) throws Exception {
        within(Duration.ofMinutes(1), what, condition);
    }
}
