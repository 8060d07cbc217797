package io.apihub.billing.payment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Does together, in one transaction, what is asked for at the same time: what waits while one runs,
 * and a little longer if there is much to do, goes into the next one. Whoever asks waits for the
 * commit. If many fail together they are done one by one, so that one is not in the way of others.
 */
final class Together<T, R> {

    private static final Logger LOG = LoggerFactory.getLogger(Together.class);

    /** At most so many at once. */
    static final int MOST = 100;

    /** From one transaction's start to the next one's, while there is much to do. */
    private static final Duration PACE = Duration.ofMillis(40);

    /** After a transaction of fewer nobody waits for company. */
    private static final int MUCH = 4;

    private final Work<T, R> work;
    private final Function<T, Set<?>> keys;
    private final Queue<Waiting<T, R>> queue;
    private final AtomicBoolean running = new AtomicBoolean();

    /** All in one transaction, or none; must be safe to repeat. */
    @FunctionalInterface
    interface Work<T, R> {

        /** The results, in the order of what was asked for. */
        List<R> all(List<T> asked);
    }

    private record Waiting<T, R>(T asked, CompletableFuture<R> result) {}

    /**
     * @param capacity so many may wait
     * @param keys what two of one transaction must not have in common
     */
    Together(int capacity, Function<T, Set<?>> keys, Work<T, R> work) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.keys = keys;
        this.work = work;
    }

    /**
     * Waits until it is committed. What the work threw is thrown here.
     *
     * @throws Busy if too many wait, and nothing is done then; or if the thread is interrupted
     */
    R await(T asked) {
        var waiting = new Waiting<T, R>(asked, new CompletableFuture<>());
        if (!queue.offer(waiting)) {
            throw new Busy();
        }
        start();
        try {
            return waiting.result().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy();
        }
    }

    /** How many wait that nothing is done for yet. */
    int waiting() {
        return queue.size();
    }

    private void start() {
        if (running.compareAndSet(false, true)) {
            Thread.ofVirtual().name("together").start(this::run);
        }
    }

    /** As long as there is something to do. */
    private void run() {
        try {
            for (var batch = next(); !batch.isEmpty(); batch = next()) {
                long began = System.nanoTime();
                complete(batch);
                gather(batch.size(), began);
            }
        } finally {
            running.set(false);
            if (!queue.isEmpty()) {
                start();
            }
        }
    }

    private void gather(int done, long began) {
        long left = PACE.toNanos() - (System.nanoTime() - began);
        if (done >= MUCH && left > 0 && queue.size() < MOST) {
            LockSupport.parkNanos(left);
        }
    }

    /** What has a key that is there already waits for the next one, and so does all behind it. */
    private List<Waiting<T, R>> next() {
        var batch = new ArrayList<Waiting<T, R>>();
        var seen = new HashSet<Object>();
        for (var first = queue.peek(); first != null && batch.size() < MOST; first = queue.peek()) {
            var own = keys.apply(first.asked());
            if (own.stream().anyMatch(seen::contains)) {
                break;
            }
            seen.addAll(own);
            batch.add(first);
            queue.remove();
        }
        return batch;
    }

    private void complete(List<Waiting<T, R>> batch) {
        try {
            var results = work.all(batch.stream().map(Waiting::asked).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).result().complete(results.get(i));
            }
        } catch (Throwable e) {
            if (batch.size() > 1 && isOfOne(e)) {
                LOG.warn("{} are done one by one: {}", batch.size(), e.toString());
                batch.forEach(one -> complete(List.of(one)));
            } else {
                batch.forEach(one -> one.result().completeExceptionally(e));
            }
        }
    }

    /** Whether it may be because of one of them: not if nobody could do anything. */
    private static boolean isOfOne(Throwable failure) {
        return failure instanceof RuntimeException
                && !(failure instanceof CannotCreateTransactionException)
                && !(failure instanceof DataAccessResourceFailureException);
    }
}
