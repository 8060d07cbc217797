package io.apihub.operator.upstream;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does one thing at a time, in a thread of its own, for a caller that must not wait for Postgres
 * and comes again anyway.
 */
final class Aside implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Aside.class);

    private final ExecutorService thread;
    private final AtomicBoolean busy = new AtomicBoolean();

    Aside(String name) {
        thread =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name(name).factory());
    }

    /** Does it, unless the one before is not done yet: then nothing. */
    void offer(Runnable work) {
        if (busy.compareAndSet(false, true)) {
            thread.execute(() -> run(work));
        }
    }

    private void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("{} failed", Thread.currentThread().getName(), e);
        } finally {
            busy.set(false);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
