package io.apihub.billing.payment;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.settings.Settings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Runs the reconciler in a thread of its own: platforms may take long, and credit can't wait. */
@Component
class PaymentWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PaymentWorker.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int ROUNDS_A_LOOK = 60;

    private final Settings settings;
    private final DatabaseGate gate;
    private final Reconciler reconciler;
    private final Sweep sweep;
    private final PaymentFigures figures;
    private final Notices notices;
    private volatile @Nullable Thread worker;

    PaymentWorker(
            Settings settings,
            DatabaseGate gate,
            Reconciler reconciler,
            Sweep sweep,
            PaymentFigures figures,
            Notices notices) {
        this.settings = settings;
        this.gate = gate;
        this.reconciler = reconciler;
        this.sweep = sweep;
        this.figures = figures;
        this.notices = notices;
    }

    private void run() {
        try {
            for (long round = 0; worker == Thread.currentThread(); round++) {
                boolean more = gate.isOpen() && round(round % ROUNDS_A_LOOK == 0);
                if (!more) {
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("payment worker interrupted", e);
        }
    }

    private boolean round(boolean look) throws InterruptedException {
        try {
            boolean more = reconciler.round();
            if (look) {
                sweep.dueOnes();
                figures.read();
                notices.forget();
            }
            return more;
        } catch (DataAccessException | TransactionException | Busy e) {
            LOG.warn("payments wait: {}", e.toString());
            return false;
        } catch (RuntimeException e) {
            // A defect in one payment must not keep all others from being looked at again.
            LOG.error("a round of payments failed, the next comes in {}", PAUSE, e);
            return false;
        }
    }

    @Override
    public void start() {
        if (settings.payments().providers().isEmpty()) {
            return;
        }
        var thread = Thread.ofVirtual().name("payments").unstarted(this::run);
        worker = thread;
        thread.start();
    }

    @Override
    public void stop() {
        var running = worker;
        worker = null;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return worker != null;
    }
}
