package io.apihub.dev.modelserver;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Polls until a value is as wanted. */
final class Waiting {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Waiting() {}

    static <T> T until(Supplier<T> value, Predicate<T> wanted) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            T current = value.get();
            if (wanted.test(current)) {
                return current;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("still " + current);
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }
}
