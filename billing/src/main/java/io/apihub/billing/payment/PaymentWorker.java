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
 * Runs what nobody asks for: the reconciler of each provider in a thread of its own, for platforms
 * may take long and credit can't wait; the comparisons with their lists one after the other in
 * another; and in a third what needs no platform, also where no provider is configured (any more):
 * orders that are left expire, and what is paid is credited.
 */
@Component
class PaymentWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PaymentWorker.class);
    private static final int ROUNDS_A_LOOK = 60;

    /** Orders live for minutes. */
    private static final int ROUNDS_OF_OTHERS = 10;

    /** With what they may hold, some 100 MB. */
    private static final int MOST_OF_STRANGERS = 10_000;

    private final DatabaseGate gate;
    private final Reconciler reconciler;
    private final Sweep sweep;
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
        this.gate = gate;
        this.reconciler = reconciler;
        this.sweep = sweep;
        this.figures = figures;
        this.notices = notices;
        var payments = settings.payments();
        Lane.ofEach(payments)
                .forEach(lane -> add("payments of " + lane, n -> reconciler.round(lane)));
        if (!payments.providers().isEmpty()) {
            add("sweep of payments", seldom(ROUNDS_A_LOOK, n -> sweepAll(payments.providers())));
        }
        var others = Lane.ofOthers(payments);
        add("payments of " + others, seldom(ROUNDS_OF_OTHERS, n -> keep(others, n)));
    }

    /** What is done once in some rounds. */
    @FunctionalInterface
    private interface Work {
        void run(long number) throws InterruptedException;
    }

    private static Rounds.Round seldom(int rounds, Work work) {
        return number -> {
            if (number % rounds == 0) {
                work.run(number);
            }
            return false;
        };
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

    /** One whose list can't be read is not in the way of the next. */
    private void sweepAll(List<PayProvider> providers) throws InterruptedException {
        for (var provider : providers) {
            sweep.ifDue(provider);
            requireRunning();
        }
    }

    /** Nobody is asked: it takes no time. */
    private void keep(Lane others, long number) throws InterruptedException {
        while (reconciler.round(others)) {
            requireRunning();
        }
        if (number % ROUNDS_A_LOOK == 0) {
            figures.read();
            notices.forget(MOST_OF_STRANGERS);
        }
    }

    private static void requireRunning() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("stopped");
        }
    }

    @Override
    public void start() {
        all.forEach(Rounds::start);
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
