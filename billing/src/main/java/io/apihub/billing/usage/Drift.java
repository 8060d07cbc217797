package io.apihub.billing.usage;

import io.apihub.billing.database.DatabaseGate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Counts rows that disagree with each other, one statement for each kind, so that rows that change
 * meanwhile don't count. The target of each is 0.
 */
@Component
public class Drift {

    private static final Logger LOG = LoggerFactory.getLogger(Drift.class);

    private static final String LEASES_OF =
            " LEFT JOIN LATERAL (SELECT coalesce(sum(open), 0) AS open,"
                    + " coalesce(sum(spent), 0) AS spent FROM billing.lease l WHERE ";

    /** Cheap enough to be asked all the time: leases that are open. */
    private static final Map<String, String> RUNNING =
            Map.of(
                    "leases_accounts",
                    "SELECT count(*) FROM billing.account a"
                            + LEASES_OF
                            + "l.account_id = a.account_id AND l.state <> 'CLOSED') l ON true"
                            + " WHERE a.tenant_id IS NOT NULL AND a.leased_micros <> l.open",
                    "leases_budgets",
                    "SELECT count(*) FROM billing.budget b"
                            + LEASES_OF
                            + "l.budget_id = b.budget_id AND l.state <> 'CLOSED') l ON true"
                            + " WHERE b.leased <> l.open",
                    "leases_shares",
                    "SELECT count(*) FROM billing.share s"
                            + LEASES_OF
                            + "l.share_id = s.share_id AND l.state <> 'CLOSED') l ON true"
                            + " WHERE s.leased <> l.open");

    /** Reads all there is: nightly, and when somebody asks. */
    private static final Map<String, String> WHOLE =
            Map.of(
                    "usage_ledger",
                    "SELECT count(*) FROM (SELECT posting, sum(cost_micros - overage_micros)"
                            + " AS cost FROM billing.usage WHERE posting IS NOT NULL"
                            + " AND corrected_at IS NULL GROUP BY 1) u LEFT JOIN"
                            + " billing.ledger_transaction t ON t.reference = 'usage/' || u.posting"
                            + " WHERE t.transaction_id IS NULL AND u.cost > 0"
                            + " AND NOT EXISTS (SELECT FROM billing.ledger_transaction l JOIN"
                            + " billing.usage x ON l.reference = 'late/' || x.hold_id"
                            + " WHERE x.posting = u.posting)",
                    "balance_entries",
                    "SELECT count(*) FROM billing.account a WHERE tenant_id IS NOT NULL AND"
                            + " balance_micros <> (SELECT coalesce(sum(amount_micros), 0) FROM"
                            + " billing.ledger_entry e WHERE e.account_id = a.account_id)",
                    "entries_sum",
                    "SELECT count(*) FROM (SELECT 1 FROM billing.ledger_entry GROUP BY"
                            + " transaction_id HAVING sum(amount_micros) <> 0) t");

    private final JdbcTemplate jdbc;
    private final DatabaseGate gate;
    private final Map<String, AtomicLong> found = new LinkedHashMap<>();

    Drift(JdbcTemplate jdbc, DatabaseGate gate, MeterRegistry metrics) {
        this.jdbc = jdbc;
        this.gate = gate;
        Stream.concat(RUNNING.keySet().stream(), WHOLE.keySet().stream())
                .forEach(check -> {
                    var rows = new AtomicLong();
                    found.put(check, rows);
                    metrics.gauge("apihub_billing_drift", Tags.of("check", check), rows);
                });
    }

    @Scheduled(fixedDelay = 60_000, initialDelay = 30_000)
    void running() {
        look(RUNNING);
    }

    @Scheduled(cron = "0 17 3 * * *")
    void nightly() {
        look(WHOLE);
    }

    private void look(Map<String, String> checks) {
        if (gate.isOpen()) {
            try {
                run(checks);
            } catch (DataAccessException e) {
                LOG.warn("reconciliation failed: {}", e.toString());
            }
        }
    }

    /** Runs every check now; rows that disagree, by check. */
    public Map<String, Long> now() {
        var counts = new LinkedHashMap<>(run(RUNNING));
        counts.putAll(run(WHOLE));
        return counts;
    }

    private Map<String, Long> run(Map<String, String> checks) {
        var counts = new LinkedHashMap<String, Long>();
        checks.forEach((name, sql) -> {
            long rows = Objects.requireNonNull(jdbc.queryForObject(sql, Long.class));
            Objects.requireNonNull(found.get(name)).set(rows);
            counts.put(name, rows);
            if (rows > 0) {
                LOG.error("{} rows disagree: {}", rows, name);
            }
        });
        return counts;
    }
}
