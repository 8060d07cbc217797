package io.apihub.billing.payment;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.database.Rounds;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Runs what nobody asks for: of each provider the reconciler and the sweep, and what is to be
 * counted, each in a thread of its own. Platforms may take long, and credit can't wait.
 */
@Component
class PaymentWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PaymentWorker.class);
    private static final int ROUNDS_A_LOOK = 60;

    /** With what they may hold, some 100 MB. */
    private static final int MOST_OF_STRANGERS = 10_000;

    private final boolean isNeeded;
    private final DatabaseGate gate;
    private final PaymentFigures figures;
    private final Notices notices;
    private final List<Rounds> all = new ArrayList<>();

    PaymentWorker(
            Settings settings,
            DatabaseGate gate,
            Reconciler reconciler,
            Sweep sweep,
            PaymentFigures figures,
            Notices notices) {
        var payments = settings.payments();
        this.isNeeded = !payments.providers().isEmpty();
        this.gate = gate;
        this.figures = figures;
        this.notices = notices;
        Lane.of(payments).forEach(lane -> add("payments of " + lane, n -> reconciler.round(lane)));
        for (PayProvider provider : payments.providers()) {
            seldom("sweep of " + provider.name(), () -> sweep.ifDue(provider));
        }
        seldom("payment figures", this::look);
    }

    private void seldom(String name, Runnable work) {
        add(
                name,
                number -> {
                    if (number % ROUNDS_A_LOOK == 0) {
                        work.run();
                    }
                    return false;
                });
    }

    private void add(String name, Rounds.Round round) {
        all.add(new Rounds(name, gate, number -> unlessBusy(name, round, number)));
    }

    private static boolean unlessBusy(String name, Rounds.Round round, long number)
            throws InterruptedException {
        try {
            return round.run(number);
        } catch (Busy e) {
            LOG.warn("{} wait: {}", name, e.toString());
            return false;
        }
    }

    private void look() {
        figures.read();
        notices.forget(MOST_OF_STRANGERS);
    }

    @Override
    public void start() {
        if (isNeeded) {
            all.forEach(Rounds::start);
        }
    }

    @Override
    public void stop() {
        Rounds.stop(all);
    }

    @Override
    public boolean isRunning() {
        return all.stream().anyMatch(Rounds::isRunning);
    }
}
