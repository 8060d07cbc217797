package io.apihub.billing.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * One line for the batches of all gateways. They are read where they come in; what waits while a
 * transaction runs, and a little longer if there is much to do, goes into the next one together:
 * the busier, the fewer statements for each record.
 */
final class UsageQueue implements SmartLifecycle, UsageLine {

    /** A gateway has at most eight batches unanswered; past this its stream has to wait. */
    private static final int CAPACITY = 1_024;

    /** At most so many in one transaction: half of what one gateway may have unanswered. */
    private static final int RECORDS = 4_000;

    /** From one transaction's start to the next one's, while there is much to do. */
    private static final Duration PACE = Duration.ofMillis(200);

    /** After a transaction with fewer records nobody waits for company. */
    private static final int MUCH = 20;

    /** Who stops billing waits no longer than this for a line in which nobody stands. */
    private static final long LOOK_MILLIS = 100;

    private final BlockingQueue<UsageWork.Read> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final UsageIngest ingest;
    private volatile @Nullable Thread worker;
    private volatile boolean stopping;

    UsageQueue(UsageIngest ingest) {
        this.ingest = ingest;
    }

    @Override
    public void add(UsageWork work) {
        try {
            queue.put(work.read(ingest));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            work.failed().accept(new IllegalStateException("interrupted while waiting"));
        } catch (RuntimeException e) {
            work.failed().accept(e);
        }
    }

    @Override
    public void start() {
        stopping = false;
        worker = Thread.ofPlatform().name("usage").start(this::run);
    }

    private void run() {
        long next = System.nanoTime();
        while (!stopping) {
            try {
                var first = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    var batches = together(first, next);
                    long began = System.nanoTime();
                    UsageWork.process(ingest, batches);
                    next = records(batches) < MUCH ? began : began + PACE.toNanos();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** What is there until the next transaction may begin. */
    private List<UsageWork.Read> together(UsageWork.Read first, long next)
            throws InterruptedException {
        var batches = new ArrayList<UsageWork.Read>();
        int records = 0;
        UsageWork.@Nullable Read batch = first;
        while (batch != null) {
            batches.add(batch);
            records += batch.arrivals().size();
            batch =
                    records >= RECORDS || stopping
                            ? null
                            : queue.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        return batches;
    }

    private static int records(List<UsageWork.Read> batches) {
        return batches.stream().mapToInt(batch -> batch.arrivals().size()).sum();
    }

    @Override
    public void stop() {
        stopping = true;
        var thread = worker;
        if (thread != null) {
            try {
                thread.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        worker = null;
    }

    @Override
    public boolean isRunning() {
        return worker != null;
    }
}
