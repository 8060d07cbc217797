package io.apihub.billing.budget;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * One line for all that gateways say about credit, so that each gateway's messages keep their order
 * and grants that wait together share one transaction.
 */
@Component
class CreditQueue implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(CreditQueue.class);

    /** Past this, gateways are told to come again rather than made to wait. */
    private static final int CAPACITY = 10_000;

    private static final int BATCH = 256;

    private final BlockingQueue<Work> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Leases leases;
    private final MeterRegistry metrics;
    private volatile @Nullable Thread worker;
    private volatile boolean stopping;

    CreditQueue(Leases leases, MeterRegistry metrics) {
        this.leases = leases;
        this.metrics = metrics;
    }

    /** Something to do in turn. */
    sealed interface Work {

        /**
         * A grant request.
         *
         * @param deadlineNanos by {@link System#nanoTime}: after it the asker has given up, and a
         *     grant would only be stranded
         */
        record Grant(Ask ask, long deadlineNanos, Consumer<Answer> answer) implements Work {}

        /** Anything else; it reports its own failure. */
        record Other(Runnable task) implements Work {}
    }

    /** Adds work; false if the line is too long. */
    boolean add(Work work) {
        return queue.offer(work);
    }

    @Override
    public void start() {
        stopping = false;
        worker = Thread.ofPlatform().name("credit").start(this::run);
    }

    private void run() {
        var batch = new ArrayList<Work>(BATCH);
        while (!stopping) {
            try {
                var first = queue.poll(1, TimeUnit.SECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    process(batch);
                    batch.clear();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void process(List<Work> batch) {
        var grants = new ArrayList<Work.Grant>();
        for (var work : batch) {
            switch (work) {
                case Work.Grant grant -> grants.add(grant);
                case Work.Other other -> {
                    grant(grants);
                    grants.clear();
                    other.task().run();
                }
            }
        }
        grant(grants);
    }

    private void grant(List<Work.Grant> grants) {
        var timely = new ArrayList<Work.Grant>();
        for (var grant : grants) {
            if (System.nanoTime() - grant.deadlineNanos() < 0) {
                timely.add(grant);
            } else {
                refuse(grant);
            }
        }
        if (!timely.isEmpty()) {
            grantTimely(timely);
        }
    }

    private void grantTimely(List<Work.Grant> grants) {
        try {
            var answers = leases.grant(grants.stream().map(Work.Grant::ask).toList());
            for (int i = 0; i < answers.size(); i++) {
                count(answers.get(i));
                grants.get(i).answer().accept(answers.get(i));
            }
        } catch (RuntimeException e) {
            if (grants.size() > 1) {
                // One bad request must not fail its neighbours.
                grants.forEach(grant -> grantTimely(List.of(grant)));
                return;
            }
            LOG.warn("no grant: {}", e.toString());
            grants.forEach(this::refuse);
        }
    }

    private void refuse(Work.Grant grant) {
        var answer = Answer.refuseAll(grant.ask(), Answer.Reason.NOT_GRANTING);
        count(answer);
        grant.answer().accept(answer);
    }

    private void count(Answer answer) {
        var result =
                switch (answer) {
                    case Answer.Granted granted -> "granted";
                    case Answer.Refused refused ->
                            refused.refusals().isEmpty()
                                    ? "refused"
                                    : refused.refusals()
                                            .getFirst()
                                            .reason()
                                            .name()
                                            .toLowerCase(Locale.ROOT);
                };
        metrics.counter("apihub_billing_grants", "result", result).increment();
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
