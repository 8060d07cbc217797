package io.apihub.billing.payment;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.database.Rounds;
import io.apihub.billing.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Runs the reconciler in a thread of its own: platforms may take long, and credit can't wait. */
@Component
class PaymentWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PaymentWorker.class);
    private static final int ROUNDS_A_LOOK = 60;

    /** With what they may hold, some 100 MB. */
    private static final int MOST_OF_STRANGERS = 10_000;

    private final Settings settings;
    private final Reconciler reconciler;
    private final Sweep sweep;
    private final PaymentFigures figures;
    private final Notices notices;
    private final Rounds rounds;

    PaymentWorker(
            Settings settings,
            DatabaseGate gate,
            Reconciler reconciler,
            Sweep sweep,
            PaymentFigures figures,
            Notices notices) {
        this.settings = settings;
        this.reconciler = reconciler;
        this.sweep = sweep;
        this.figures = figures;
        this.notices = notices;
        this.rounds = new Rounds("payments", gate, this::round);
    }

    private boolean round(long number) throws InterruptedException {
        try {
            boolean more = reconciler.round();
            if (number % ROUNDS_A_LOOK == 0) {
                sweep.dueOnes();
                figures.read();
                notices.forget(MOST_OF_STRANGERS);
            }
            return more;
        } catch (Busy e) {
            LOG.warn("payments wait: {}", e.toString());
            return false;
        }
    }

    @Override
    public void start() {
        if (!settings.payments().providers().isEmpty()) {
            rounds.start();
        }
    }

    @Override
    public void stop() {
        rounds.stop();
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }
}
