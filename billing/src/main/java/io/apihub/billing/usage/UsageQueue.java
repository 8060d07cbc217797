package io.apihub.billing.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * One line for the batches of all gateways. They are read where they come in; what waits while a
 * transaction runs, and a little longer if there is much to do, goes into the next one together:
 * the busier, the fewer statements for each record. Two transactions at a time, so that one is made
 * ready and written while the other counts and commits.
 */
final class UsageQueue implements SmartLifecycle, UsageLine {

    private static final int WORKERS = 2;

    /** What one record takes of the heap while it waits, four times over. */
    private static final long BYTES_A_RECORD = 16_384;

    /**
     * Records that wait or are being booked, at most: past this a gateway's stream has to wait. One
     * gateway may have 8,000 unanswered.
     */
    private static final int ROOM =
            Math.clamp(Runtime.getRuntime().maxMemory() / BYTES_A_RECORD, 4_000, 32_000);

    /** At most so many in one transaction, so that others are read and written meanwhile. */
    private static final int RECORDS = ROOM / WORKERS;

    /**
     * With so many leases a transaction takes no further batch: their rows, and the budgets they
     * are of, are locked for 20 µs each, and grants wait for that.
     */
    static final int LEASES = 4_000;

    /** From one transaction's start to the next one's: so long for each record of the first. */
    private static final long NANOS_A_RECORD = Duration.ofMillis(5).toNanos();

    /** But no longer than this, so that a row is seen within a second. */
    private static final long LONGEST_NANOS = Duration.ofMillis(400).toNanos();

    /** With so many it waits no longer than that for one more batch: it may be all there is. */
    private static final int ENOUGH = 4_000;

    private static final long STILL_NANOS = Duration.ofMillis(100).toNanos();

    /** Who stops billing waits no longer than this for a line in which nobody stands. */
    private static final long LOOK_MILLIS = 100;

    private final BlockingQueue<UsageWork.Read> queue = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(ROOM, true);
    private final UsageIngest ingest;
    private final ReentrantLock turn = new ReentrantLock();

    /** When the next transaction may begin; of whose turn it is. */
    private long next = System.nanoTime();

    private volatile List<Thread> workers = List.of();
    private volatile boolean stopping;

    UsageQueue(UsageIngest ingest) {
        this.ingest = ingest;
    }

    @Override
    public void add(UsageWork work) {
        try {
            room.acquire(work.records().size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            work.failed().accept(new IllegalStateException("interrupted while waiting"));
            return;
        }
        try {
            queue.add(work.read(ingest));
        } catch (RuntimeException e) {
            room.release(work.records().size());
            work.failed().accept(e);
        }
    }

    @Override
    public void start() {
        stopping = false;
        var started = new ArrayList<Thread>();
        for (int i = 0; i < WORKERS; i++) {
            started.add(Thread.ofPlatform().name("usage-" + i).start(this::run));
        }
        workers = List.copyOf(started);
    }

    private void run() {
        while (!stopping) {
            try {
                var batches = take();
                if (!batches.isEmpty()) {
                    book(batches);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void book(List<UsageWork.Read> batches) {
        try {
            UsageWork.process(ingest, batches);
        } finally {
            room.release(records(batches));
        }
    }

    private List<UsageWork.Read> take() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            var first = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (first == null) {
                return List.of();
            }
            var batches = together(first);
            next = System.nanoTime() + Math.min(LONGEST_NANOS, NANOS_A_RECORD * records(batches));
            return batches;
        } finally {
            turn.unlock();
        }
    }

    /** What is there until the next transaction may begin. */
    private List<UsageWork.Read> together(UsageWork.Read first) throws InterruptedException {
        var batches = new ArrayList<UsageWork.Read>();
        var leases = new HashSet<Long>();
        int records = 0;
        UsageWork.@Nullable Read batch = first;
        while (batch != null) {
            batches.add(batch);
            records += batch.arrivals().size();
            batch.leases().forEach(leases::add);
            batch =
                    records >= RECORDS || leases.size() >= LEASES || stopping
                            ? null
                            : queue.poll(patience(records), TimeUnit.NANOSECONDS);
        }
        return batches;
    }

    /** A gateway whose batches are all unanswered sends nothing until some are. */
    private long patience(int records) {
        long left = next - System.nanoTime();
        return records < ENOUGH ? left : Math.min(left, STILL_NANOS);
    }

    private static int records(List<UsageWork.Read> batches) {
        return batches.stream().mapToInt(batch -> batch.arrivals().size()).sum();
    }

    @Override
    public void stop() {
        stopping = true;
        for (var worker : workers) {
            try {
                worker.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        workers = List.of();
    }

    @Override
    public boolean isRunning() {
        return !workers.isEmpty();
    }
}
