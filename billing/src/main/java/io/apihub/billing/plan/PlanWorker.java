package io.apihub.billing.plan;

import io.apihub.billing.database.DatabaseGate;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Does in rounds what is due of plans. Any number of processes may do so at once. */
@Component
class PlanWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PlanWorker.class);
    private static final int AT_ONCE = 100;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Subscriptions subscriptions;
    private final Applications applications;
    private final Renewals renewals;
    private final Applying applying;
    private final PlanTime time;
    private final DatabaseGate gate;
    private final AtomicLong stuck;
    private volatile List<Thread> threads = List.of();
    private volatile boolean running;

    /** What it looks at. */
    @Component
    record Queues(Subscriptions subscriptions, Applications applications, PlanTime time) {}

    PlanWorker(
            Queues queues,
            Renewals renewals,
            Applying applying,
            DatabaseGate gate,
            MeterRegistry metrics) {
        this.subscriptions = queues.subscriptions();
        this.applications = queues.applications();
        this.time = queues.time();
        this.renewals = renewals;
        this.applying = applying;
        this.gate = gate;
        this.stuck = metrics.gauge("apihub_billing_plans_not_applied", new AtomicLong());
    }

    private void follow() {
        followAll();
        stuck.set(applications.stuck());
    }

    /** Two threads of its own: Kubernetes may take long, and periods can't wait for it. */
    @Override
    public void start() {
        running = true;
        threads =
                List.of(
                        Thread.ofVirtual().name("plans").start(() -> run(this::follow)),
                        Thread.ofVirtual().name("plans-apply").start(() -> run(this::applyAll)));
    }

    private void run(Runnable round) {
        try {
            while (running) {
                if (gate.isOpen()) {
                    attempt(round);
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            LOG.debug("plan worker interrupted", e);
        }
    }

    private static void attempt(Runnable round) {
        try {
            round.run();
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("plans wait: {}", e.toString());
        }
    }

    @Override
    public void stop() {
        running = false;
        threads.forEach(Thread::interrupt);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** One round of periods that are over. */
    void followAll() {
        for (var id : subscriptions.due(time.now(), AT_ONCE)) {
            try {
                renewals.follow(id);
            } catch (RuntimeException e) {
                LOG.warn("subscription {}: {}", id, e.toString());
                renewals.putOff(id);
            }
        }
    }

    /** One round of Tenants that are not as they shall be. */
    void applyAll() {
        for (var tenant : applications.due(AT_ONCE)) {
            try {
                applying.apply(tenant);
            } catch (RuntimeException e) {
                LOG.warn("plan of tenant {}: {}", tenant, e.toString());
                applications.putOff(tenant, e.toString());
            }
        }
    }
}
