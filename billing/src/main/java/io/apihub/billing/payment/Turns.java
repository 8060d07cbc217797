package io.apihub.billing.payment;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many payments are read and written at once, first come, first served: however many are
 * told of, whoever else needs a connection to the database finds one.
 */
final class Turns {

    private final Semaphore free;
    private final Duration patience;

    Turns(int atOnce, Duration patience) {
        this.free = new Semaphore(atOnce, true);
        this.patience = patience;
    }

    /** Something that needs the database, and nobody else. */
    @FunctionalInterface
    interface Work<T, E extends Exception> {
        T run() throws E;
    }

    /**
     * Waits for a turn and takes it.
     *
     * @throws Busy if there was none in time; nothing is done then
     */
    <T, E extends Exception> T take(Work<T, E> work) throws E {
        await();
        try {
            return work.run();
        } finally {
            free.release();
        }
    }

    /** Takes a turn if one is free now, and nobody waits for one; else does nothing. */
    void ifFree(Runnable work) {
        if (free.hasQueuedThreads() || !free.tryAcquire()) {
            return;
        }
        try {
            work.run();
        } finally {
            free.release();
        }
    }

    private void await() {
        try {
            if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy();
        }
    }
}
