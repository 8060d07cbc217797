package io.apihub.billing.plan;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.database.Rounds;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Does in rounds what is due of plans. Any number of processes may do so at once. */
@Component
class PlanWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PlanWorker.class);
    private static final int AT_ONCE = 100;
    private static final int ROUNDS_OF_A_MINUTE = 60;

    private final Subscriptions subscriptions;
    private final Applications applications;
    private final Renewals renewals;
    private final Applying applying;
    private final PlanTime time;
    private final Rounds following;
    private final Rounds applyingAll;

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
        var stuck = metrics.gauge("apihub_billing_plans_not_applied", new AtomicLong());
        this.following =
                new Rounds(
                        "plans",
                        gate,
                        number -> {
                            followAll();
                            if (number % ROUNDS_OF_A_MINUTE == 0) {
                                stuck.set(applications.stuck());
                            }
                            return false;
                        });
        this.applyingAll =
                new Rounds(
                        "plans-apply",
                        gate,
                        number -> {
                            if (applications.mayBeDue()) {
                                applyAll();
                            }
                            return false;
                        });
    }

    /** Two threads of its own: Kubernetes may take long, and periods can't wait for it. */
    @Override
    public void start() {
        following.start();
        applyingAll.start();
    }

    @Override
    public void stop() {
        Rounds.stop(List.of(following, applyingAll));
    }

    @Override
    public boolean isRunning() {
        return following.isRunning();
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
                applications.putOff(tenant, e.toString(), false);
            }
        }
    }
}
