package io.apihub.billing.usage;

import static io.apihub.policy.v1.Limit.Metric.METRIC_CONCURRENCY;
import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Metric.METRIC_TOTAL_TOKENS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static io.apihub.policy.v1.Limit.Window.WINDOW_MINUTE;
import static io.apihub.policy.v1.Limit.Window.WINDOW_MONTH;
import static io.apihub.policy.v1.Limit.Window.WINDOW_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.ChildJvm;
import io.apihub.billing.testing.Limits;
import io.apihub.billing.testing.Soundness;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two billing processes, each a JVM with several connections, on one Postgres, while the operator
 * changes limits: no deadlock, and afterwards the books are sound. In {@code verify} 200 batches
 * each, with {@code -Pproof} 1,000.
 */
class TwoProcessesIT {

    private static final int BATCHES = Integer.getInteger("batches", 200);
    private static final int TENANTS = 3;

    private final TestDatabase database = TestDatabase.create();
    private final Bank bank = Bank.on(database);
    private final long book =
            bank.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");
    private final List<UUID> tenants = new ArrayList<>();
    private final List<Limits> limits = new ArrayList<>();
    private final List<String> who = new ArrayList<>();

    @BeforeEach
    void tenants() {
        for (int i = 0; i < TENANTS; i++) {
            var name = "two-" + i;
            var tenant = bank.registry().tenant(name);
            bank.grant(tenant, 10_000);
            tenants.add(tenant);
            limits.add(new Limits(bank, tenant, name));
            who.addAll(List.of(tenant.toString(), name));
            change(i, 1);
        }
    }

    @AfterEach
    void stop() {
        bank.close();
    }

    private void change(int tenant, long factor) {
        var quotas = limits.get(tenant);
        quotas.quota("day", METRIC_REQUESTS, WINDOW_DAY, 3_000 * factor);
        quotas.quota("month", METRIC_TOTAL_TOKENS, WINDOW_MONTH, 5_000 * factor);
        quotas.quota("tight", METRIC_REQUESTS, WINDOW_DAY, 200 * factor);
        quotas.quota("slots", METRIC_CONCURRENCY, WINDOW_UNSPECIFIED, 400 * factor);
        quotas.quota("rate", METRIC_REQUESTS, WINDOW_MINUTE, 600 * factor);
    }

    @Test
    void mixedBatchesDoNotDeadlock() throws Exception {
        var one = start(1);
        var other = start(2);
        try {
            for (int round = 0; one.process().isAlive() || other.process().isAlive(); round++) {
                change(round % TENANTS, 1 + round % 4);
                one.process().waitFor(50, TimeUnit.MILLISECONDS);
            }

            long[] sums = {10_000L * TENANTS, 0};
            add(one, sums);
            add(other, sums);
            assertThat(deadlocks()).isZero();
            assertThat(bank.count("SELECT count(*) FROM billing.usage")).isEqualTo(sums[1]);
            assertThat(granted()).isEqualTo(sums[0]);
            assertThat(bank.count("SELECT sum(leased_micros) FROM billing.account")).isZero();
            assertThat(bank.get(Drift.class).now().values()).containsOnly(0L);
            Soundness.check(bank.jdbc());
        } finally {
            one.process().destroyForcibly();
            other.process().destroyForcibly();
        }
    }

    private ChildJvm start(int seed) throws IOException {
        var arguments = new ArrayList<String>();
        arguments.add(database.settings().jdbcUrl());
        arguments.addAll(List.of("" + seed, "" + BATCHES, "" + book));
        arguments.addAll(who);
        return ChildJvm.start("batches", BatchProcess.class, arguments);
    }

    /** What a process says that it did. */
    private static void add(ChildJvm child, long[] sums) throws IOException {
        var lines = Files.readAllLines(child.output());
        assertThat(String.join("\n", lines)).doesNotContain("40P01", "deadlock");
        var last = lines.stream().filter(line -> line.startsWith(BatchProcess.DONE)).findFirst();
        assertThat(last).as(() -> String.join("\n", lines)).isPresent();
        var words = last.orElseThrow().split(" ", -1);
        sums[0] += Long.parseLong(words[1]);
        sums[1] += Long.parseLong(words[2]);
    }

    private long granted() {
        return bank.count(
                "SELECT sum(amount_micros) FROM billing.ledger_entry JOIN"
                        + " billing.ledger_transaction USING (transaction_id)"
                        + " WHERE kind = 'grant' AND amount_micros > 0");
    }

    /** As Postgres counts them; the statistics of other sessions come when those end. */
    private long deadlocks() {
        bank.jdbc().execute("SELECT pg_stat_force_next_flush()");
        return bank.count(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    }
}
