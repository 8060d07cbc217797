package io.apihub.operator.upstream;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A bell that remembers that it rang. */
final class Wake {

    private final Semaphore rung = new Semaphore(0);

    void up() {
        if (rung.availablePermits() == 0) {
            rung.release();
        }
    }

    /** Whether it rang within that time. */
    boolean await(Duration atMost) throws InterruptedException {
        return rung.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    void clear() {
        rung.drainPermits();
    }
}
