package io.apihub.bench;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Want;
import io.apihub.billing.grpc.WireIds;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Quota;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Billing and a real Postgres lease what 100,000 keys with six limits each need: every budget and
 * share is made, and one lease taken of it.
 */
final class LeasesBench {

    private static final int TENANTS = 100;
    private static final int KEYS = 1_000;

    /** In one transaction, as when many ask at once. */
    private static final int TOGETHER = 100;

    private static final long AMOUNT = 1_000_000;
    private static final List<String> SHARES = List.of("rpm", "tpm", "slots");
    private static final List<String> BUDGETS = List.of("rpd", "tpd", "money");

    private final UUID incarnation = UUID.randomUUID();
    private long seq;
    private long leased;

    void run() throws IOException, SQLException {
        try (var database = new MeasuredDatabase();
                var billing = RunningBilling.on(database.registry())) {
            billing.get(CreditStore.class).hello(incarnation, "bench");
            var leases = billing.get(Leases.class);
            var tenants = new ArrayList<UUID>();
            for (int i = 0; i < TENANTS; i++) {
                tenants.add(tenant(database, "bench-" + i));
            }
            var before = database.processorTime();
            long start = System.nanoTime();
            for (int i = 0; i < TENANTS; i++) {
                for (int key = 0; key < KEYS; key += TOGETHER) {
                    grant(leases, tenants.get(i), "bench-" + i, key);
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            var processor = database.processorTime().minus(before);
            System.out.println(
                    "| leases | a second | Postgres, µs of CPU each | bytes of rows and indexes each"
                            + " |\n|---|---|---|---|");
            System.out.printf(
                    Locale.ROOT,
                    "| %,d | %,.0f | %.0f | %,d |%n",
                    leased,
                    leased / seconds,
                    processor.toNanos() / 1e3 / leased,
                    size(database) / leased);
        }
    }

    private static UUID tenant(MeasuredDatabase database, String name) {
        var tenant = database.registry().registry().tenant(name);
        var quota =
                Quota.newBuilder()
                        .setTenantId(WireIds.bytes(tenant))
                        .setNamespace(name)
                        .setName("q")
                        .setPer(Quota.Per.PER_KEY)
                        .setMode(Quota.Mode.MODE_ENFORCE)
                        .setAllKeys(true)
                        .addLimits(limit("rpm", Limit.Metric.METRIC_REQUESTS))
                        .addLimits(limit("tpm", Limit.Metric.METRIC_TOTAL_TOKENS))
                        .addLimits(
                                Limit.newBuilder()
                                        .setName("slots")
                                        .setMetric(Limit.Metric.METRIC_CONCURRENCY)
                                        .setAmount(AMOUNT))
                        .addLimits(
                                limit("rpd", Limit.Metric.METRIC_REQUESTS)
                                        .setWindow(Limit.Window.WINDOW_DAY))
                        .addLimits(
                                limit("tpd", Limit.Metric.METRIC_TOTAL_TOKENS)
                                        .setWindow(Limit.Window.WINDOW_DAY))
                        .addLimits(
                                limit("money", Limit.Metric.METRIC_COST)
                                        .setWindow(Limit.Window.WINDOW_MONTH))
                        .build();
        database.registry().registry().quota(quota);
        return tenant;
    }

    private static Limit.Builder limit(String name, Limit.Metric metric) {
        return Limit.newBuilder()
                .setName(name)
                .setMetric(metric)
                .setWindow(Limit.Window.WINDOW_MINUTE)
                .setAmount(AMOUNT);
    }

    private void grant(Leases leases, UUID tenant, String namespace, int firstKey) {
        var asks = new ArrayList<Ask>();
        for (int key = firstKey; key < firstKey + TOGETHER; key++) {
            asks.add(ask(tenant, namespace, "key-" + key));
        }
        for (var answer : leases.grant(asks)) {
            leased += ((Answer.Granted) answer).parts().size();
        }
    }

    private Ask ask(UUID tenant, String namespace, String key) {
        var wants = new ArrayList<Want>();
        for (var name : SHARES) {
            wants.add(want(new Want.OfShare(key(tenant, namespace, name, key))));
        }
        for (var name : BUDGETS) {
            wants.add(want(new Want.OfBudget(key(tenant, namespace, name, key), 0)));
        }
        return new Ask(new Lease.Request(incarnation, ++seq), wants);
    }

    private static LimitKey key(UUID tenant, String namespace, String limit, String key) {
        return new LimitKey(new LimitName(tenant, namespace, "q", limit), key);
    }

    private static Want want(Want.Subject subject) {
        return new Want(subject, 10, 40);
    }

    private static long size(MeasuredDatabase database) throws SQLException {
        try (var sql = database.connect();
                var statement = sql.createStatement();
                var rows =
                        statement.executeQuery(
                                "SELECT pg_total_relation_size('billing.lease')"
                                        + " + pg_total_relation_size('billing.budget')"
                                        + " + pg_total_relation_size('billing.share')")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
