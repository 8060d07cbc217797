package io.apihub.billing.notice;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.database.Rounds;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Runs it all, in threads of its own: looks what there is to tell, makes mails and deliveries of
 * it, and brings the latter to several webhooks at once. Any number of billings share the work.
 */
@Component
class NoticeWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(NoticeWorker.class);
    private static final int ROUNDS_A_LOOK = 5;
    private static final int WEBHOOKS_AT_ONCE = 8;
    private static final long STOP_SECONDS = 5;

    private final Watch watch;
    private final PlanNotices plans;
    private final Dispatcher dispatcher;
    private final Courier courier;
    private final DeliveryTable deliveries;
    private final DatabaseGate gate;
    private final Semaphore free = new Semaphore(WEBHOOKS_AT_ONCE);
    private final Rounds rounds;

    NoticeWorker(
            Watch watch,
            PlanNotices plans,
            Dispatcher dispatcher,
            Courier courier,
            DeliveryTable deliveries,
            DatabaseGate gate) {
        this.watch = watch;
        this.plans = plans;
        this.dispatcher = dispatcher;
        this.courier = courier;
        this.deliveries = deliveries;
        this.gate = gate;
        this.rounds = new Rounds("notices", gate, this::round);
    }

    private boolean round(long number) {
        if (number % ROUNDS_A_LOOK == 0) {
            attempt("low balances", watch::lookAtBalances);
            attempt("limits", watch::lookAtLimits);
            attempt("plans", plans::look);
        }
        attempt("notices and webhooks", this::tell);
        return false;
    }

    /** What was made of notices just now is brought at once. */
    private void tell() {
        boolean some = dispatcher.hasWork();
        if (some) {
            attempt("notices", dispatcher::round);
        }
        if (some || courier.hasWork()) {
            attempt("webhooks", this::serve);
        }
    }

    /** Sends couriers out, as many as there are. */
    private void serve() {
        var next = claim();
        while (next.isPresent()) {
            var webhook = next.get();
            Thread.ofVirtual()
                    .name("courier")
                    .start(() -> {
                        try {
                            courier.serve(webhook);
                        } finally {
                            free.release();
                        }
                    });
            next = claim();
        }
    }

    /** With a permit, which the courier gives back. */
    private Optional<WebhookTable.Claimed> claim() {
        if (!free.tryAcquire()) {
            return Optional.empty();
        }
        var claimed = Optional.<WebhookTable.Claimed>empty();
        try {
            claimed = courier.next();
            return claimed;
        } finally {
            if (claimed.isEmpty()) {
                free.release();
            }
        }
    }

    private static void attempt(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("{}: {}", what, e.toString());
        }
    }

    @Scheduled(fixedDelay = 86_400_000, initialDelay = 1_000_000)
    void forget() {
        if (gate.isOpen()) {
            attempt("old deliveries", deliveries::forget);
        }
    }

    @Override
    public void start() {
        rounds.start();
    }

    @Override
    public void stop() {
        if (!rounds.isRunning()) {
            return;
        }
        rounds.stop();
        try {
            // What is under way is marked, so that it need not be sent again.
            if (!free.tryAcquire(WEBHOOKS_AT_ONCE, STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.info("webhooks are still under way; they will be sent again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }
}
