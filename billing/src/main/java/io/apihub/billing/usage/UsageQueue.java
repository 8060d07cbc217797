package io.apihub.billing.usage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * One line for the batches of all gateways. What waits of one gateway while a transaction runs goes
 * into the next one together: the busier, the fewer statements for each record.
 */
final class UsageQueue implements SmartLifecycle, UsageLine {

    /** A gateway has at most eight batches unanswered; past this its stream has to wait. */
    private static final int CAPACITY = 1_024;

    private static final int RECORDS = 8_000;

    private final BlockingQueue<UsageWork> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final UsageIngest ingest;
    private volatile @Nullable Thread worker;
    private volatile boolean stopping;

    UsageQueue(UsageIngest ingest) {
        this.ingest = ingest;
    }

    @Override
    public void add(UsageWork work) {
        try {
            queue.put(work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            work.failed().accept(new IllegalStateException("interrupted while waiting"));
        }
    }

    @Override
    public void start() {
        stopping = false;
        worker = Thread.ofPlatform().name("usage").start(this::run);
    }

    private void run() {
        while (!stopping) {
            try {
                var first = queue.poll(1, TimeUnit.SECONDS);
                if (first != null) {
                    UsageWork.process(ingest, together(first));
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private List<UsageWork> together(UsageWork first) {
        var batches = new ArrayList<UsageWork>(List.of(first));
        int records = first.records().size();
        var next = queue.peek();
        while (next != null
                && next.gateway().equals(first.gateway())
                && records + next.records().size() <= RECORDS) {
            batches.add(queue.remove());
            records += next.records().size();
            next = queue.peek();
        }
        return batches;
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
