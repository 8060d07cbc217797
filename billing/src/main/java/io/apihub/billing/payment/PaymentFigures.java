package io.apihub.billing.payment;

import io.apihub.billing.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What must be 0, read from the tables once in a while. */
@Component
class PaymentFigures {

    private final Orders orders;
    private final SuspenseTable inSuspense;
    private final JdbcTemplate jdbc;
    private final AtomicLong suspense = new AtomicLong();
    private final AtomicLong problems = new AtomicLong();
    private final Map<String, Drift> drift = new HashMap<>();

    /** What the last sweep of a provider found. */
    private record Drift(
            AtomicLong onlyThere, AtomicLong onlyHere, AtomicLong amounts, AtomicLong foreign) {}

    PaymentFigures(
            Settings settings,
            Orders orders,
            SuspenseTable inSuspense,
            JdbcTemplate jdbc,
            MeterRegistry metrics) {
        this.orders = orders;
        this.inSuspense = inSuspense;
        this.jdbc = jdbc;
        metrics.gauge("apihub_billing_payments_in_suspense", suspense);
        metrics.gauge("apihub_billing_payment_problems", problems);
        settings.payments()
                .providers()
                .forEach(provider ->
                        drift.put(
                                provider.name(),
                                new Drift(
                                        drift(metrics, provider.name(), "only-platform"),
                                        drift(metrics, provider.name(), "only-here"),
                                        drift(metrics, provider.name(), "amount"),
                                        foreign(metrics, provider.name()))));
    }

    private static AtomicLong drift(MeterRegistry metrics, String provider, String side) {
        var figure = new AtomicLong();
        metrics.gauge(
                "apihub_billing_payment_drift",
                Tags.of("provider", provider, "side", side),
                figure);
        return figure;
    }

    private static AtomicLong foreign(MeterRegistry metrics, String provider) {
        var figure = new AtomicLong();
        metrics.gauge("apihub_billing_payments_foreign", Tags.of("provider", provider), figure);
        return figure;
    }

    /** Reads them; a provider that is not configured any more counts no more. */
    void read() {
        suspense.set(inSuspense.open());
        problems.set(orders.problems());
        jdbc.query(
                "SELECT provider, only_there, only_here, amounts_differ, foreign_there"
                        + " FROM billing.payment_sweep",
                row -> {
                    var known = drift.get(row.getString(1));
                    if (known != null) {
                        known.onlyThere().set(row.getLong(2));
                        known.onlyHere().set(row.getLong(3));
                        known.amounts().set(row.getLong(4));
                        known.foreign().set(row.getLong(5));
                    }
                });
    }
}
