package io.apihub.billing.budget;

import java.util.ArrayList;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * One line for all that gateways say about credit, so that each gateway's messages keep their order
 * and grants that wait together share one transaction.
 */
class CreditQueue implements SmartLifecycle, CreditWork.Line {

    /** Past this, gateways are told to come again rather than made to wait. */
    private static final int CAPACITY = 10_000;

    private static final int BATCH = 256;

    /** Who stops billing waits no longer than this for a line in which nobody stands. */
    private static final long LOOK_MILLIS = 100;

    private final BlockingQueue<CreditWork> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final CreditClerk clerk;
    private volatile @Nullable Thread worker;
    private volatile boolean stopping;

    CreditQueue(CreditClerk clerk) {
        this.clerk = clerk;
    }

    @Override
    public boolean add(CreditWork work) {
        return queue.offer(work);
    }

    @Override
    public void start() {
        stopping = false;
        worker = Thread.ofPlatform().name("credit").start(this::run);
    }

    private void run() {
        var batch = new ArrayList<CreditWork>(BATCH);
        while (!stopping) {
            try {
                var first = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    clerk.process(batch);
                    batch.clear();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
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
