package io.apihub.billing.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that will come, with a deadline. */
public final class Poll {

    private static final Duration STEP = Duration.ofMillis(10);

    private Poll() {}

    public static void until(Duration deadline, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + deadline);
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }
}
