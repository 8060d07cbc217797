package io.apihub.e2e.simulation;

import java.util.ArrayList;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs seeds, one on each processor at a time. */
final class Seeds {

    private final AtomicLong next;
    private final long end;
    private final AtomicLong failed = new AtomicLong(Long.MAX_VALUE);

    private Seeds(long first, long count) {
        this.next = new AtomicLong(first);
        this.end = first + count;
    }

    static Seeds from(long first, long count) {
        return new Seeds(first, count);
    }

    /** The least of those that went wrong before all stopped; empty if none did. */
    OptionalLong firstFailure() {
        int processors = Runtime.getRuntime().availableProcessors();
        try (var threads = Executors.newFixedThreadPool(processors)) {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < processors; i++) {
                running.add(threads.submit(this::run));
            }
            for (var each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        long first = failed.get();
        return first == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(first);
    }

    private void run() {
        for (long seed = next.getAndIncrement();
                seed < end && failed.get() == Long.MAX_VALUE;
                seed = next.getAndIncrement()) {
            try {
                World.run(seed, new Parts(), false);
            } catch (RuntimeException e) {
                failed.accumulateAndGet(seed, Math::min);
            }
        }
    }
}
