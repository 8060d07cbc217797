package io.apihub.billing.payment;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
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
    private final Figures figures;
    private volatile @Nullable Thread worker;

    PaymentWorker(
            Settings settings,
            DatabaseGate gate,
            Reconciler reconciler,
            Sweep sweep,
            Figures figures) {
        this.settings = settings;
        this.gate = gate;
        this.reconciler = reconciler;
        this.sweep = sweep;
        this.figures = figures;
    }

    /** What must be 0, read from the tables once in a while. */
    @Component
    static class Figures {

        private final Orders orders;
        private final SuspenseTable inSuspense;
        private final Notices notices;
        private final JdbcTemplate jdbc;
        private final AtomicLong suspense = new AtomicLong();
        private final AtomicLong problems = new AtomicLong();
        private final AtomicLong onlyThere = new AtomicLong();
        private final AtomicLong onlyHere = new AtomicLong();

        Figures(
                Orders orders,
                SuspenseTable inSuspense,
                Notices notices,
                JdbcTemplate jdbc,
                MeterRegistry metrics) {
            this.orders = orders;
            this.inSuspense = inSuspense;
            this.notices = notices;
            this.jdbc = jdbc;
            metrics.gauge("apihub_billing_payments_in_suspense", suspense);
            metrics.gauge("apihub_billing_payment_problems", problems);
            metrics.gauge(
                    "apihub_billing_payment_drift", Tags.of("side", "only-platform"), onlyThere);
            metrics.gauge("apihub_billing_payment_drift", Tags.of("side", "only-here"), onlyHere);
        }

        void read() {
            suspense.set(inSuspense.open());
            problems.set(orders.problems());
            jdbc.query(
                    "SELECT coalesce(sum(only_there), 0), coalesce(sum(only_here), 0)"
                            + " FROM billing.payment_sweep",
                    row -> {
                        onlyThere.set(row.getLong(1));
                        onlyHere.set(row.getLong(2));
                    });
            notices.forget();
        }
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
            }
            return more;
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("payments wait: {}", e.toString());
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
