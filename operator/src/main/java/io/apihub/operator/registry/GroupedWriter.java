package io.apihub.operator.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects the writes of many callers into transactions of at most {@link #MAX_WRITES}, with at
 * most one write for a row in each. One thread; callers wait for their own write.
 */
final class GroupedWriter implements AutoCloseable {

    /** Writes in one transaction. */
    static final int MAX_WRITES = 200;

    private static final int MAX_QUEUED = 100_000;

    private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
    private final Function<List<Write>, List<Outcome>> transaction;
    private final long lingerNanos;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts the writer.
     *
     * @param lingerMillis how long the first write of a group waits for others, 0 or more
     * @param transaction commits a group and answers in its order
     */
    GroupedWriter(String name, int lingerMillis, Function<List<Write>, List<Outcome>> transaction) {
        this.transaction = transaction;
        this.lingerNanos = TimeUnit.MILLISECONDS.toNanos(lingerMillis);
        this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    /** Waits until the write is committed. */
    Outcome write(Write write) {
        var pending = new Pending(write, new CompletableFuture<>());
        if (closed || !queue.offer(pending)) {
            throw new RegistryUnavailableException(
                    "write " + write.key(),
                    new IllegalStateException(closed ? "closed" : "the queue is full"));
        }
        try {
            return pending.outcome.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Writes that are not yet in a transaction. */
    int waiting() {
        return queue.size();
    }

    private void run() {
        @Nullable Pending first = null;
        while (!closed) {
            var group = new ArrayList<Pending>();
            try {
                group.add(first == null ? queue.take() : first);
                first = fill(group);
            } catch (InterruptedException e) {
                fail(group, new IllegalStateException("closed", e));
                break;
            }
            commit(group);
        }
        var left = new ArrayList<Pending>();
        queue.drainTo(left);
        fail(left, new IllegalStateException("closed"));
    }

    /** Adds what comes in time; returns the write that has to wait for the next group, if any. */
    private @Nullable Pending fill(List<Pending> group) throws InterruptedException {
        var keys = new HashSet<RegistryKey>();
        keys.add(group.getFirst().write.key());
        long deadline = System.nanoTime() + lingerNanos;
        while (group.size() < MAX_WRITES) {
            var next = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                return null;
            }
            if (!keys.add(next.write.key())) {
                return next;
            }
            group.add(next);
        }
        return null;
    }

    private void commit(List<Pending> group) {
        try {
            var outcomes = transaction.apply(group.stream().map(Pending::write).toList());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).outcome.complete(outcomes.get(i));
            }
        } catch (FencedException e) {
            fail(group, e);
        } catch (RuntimeException e) {
            if (group.size() == 1) {
                fail(group, e);
            } else {
                // One row that the database refuses must not fail its neighbours.
                group.forEach(pending -> commit(List.of(pending)));
            }
        }
    }

    private static void fail(List<Pending> group, RuntimeException cause) {
        group.forEach(pending -> pending.outcome.completeExceptionally(cause));
    }

    /** Stops; writes that still wait fail. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    /** One thing to write. */
    sealed interface Write {
        RegistryKey key();
    }

    record Put(RegistryRow row) implements Write {
        @Override
        public RegistryKey key() {
            return row.key();
        }
    }

    record Remove(RegistryKey key) implements Write {}

    private record Pending(Write write, CompletableFuture<Outcome> outcome) {}
}
