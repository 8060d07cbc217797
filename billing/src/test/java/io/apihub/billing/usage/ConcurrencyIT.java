package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Gateway;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Records;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.UsageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Many at once. Sums are proven afterwards, from the tables and from what was asked for. */
class ConcurrencyIT {

    private static final Bank BANK = new Bank();
    private static final long BOOK =
            BANK.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");

    @Test
    void aThousandMixedOperationsOnOneAccountAddUp() throws Exception {
        var tenant = BANK.registry().tenant("hot-" + UUID.randomUUID());
        BANK.grant(tenant, 50_000);
        var gateways = List.of(new Gateway(BANK), new Gateway(BANK), new Gateway(BANK));
        var credited = new AtomicLong(50_000);
        var spent = new AtomicLong();
        var refused = new AtomicLong();
        var work = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 1_000; i++) {
            var random = new SplittableRandom(i);
            var gateway = gateways.get(i % gateways.size());
            work.add(
                    random.nextInt(10) == 0
                            ? () -> topUp(tenant, random.nextLong(1, 300), credited)
                            : () -> spend(gateway, tenant, random, spent, refused));
        }

        runAll(work, 10);

        assertThat(refused).as("the test is only good if some were refused").hasPositiveValue();
        var account = BANK.account(tenant);
        assertThat(account.balance().micros()).isEqualTo(credited.get() - spent.get());
        assertThat(account.available().isNegative()).isFalse();
        gateways.forEach(Gateway::close);
        assertThat(BANK.account(tenant).leased().micros()).isZero();
        assertThat(usageCost(tenant)).isEqualTo(spent.get());
        BANK.assertSound();
    }

    private static boolean topUp(UUID tenant, long micros, AtomicLong credited) {
        BANK.grant(tenant, micros);
        credited.addAndGet(micros);
        return true;
    }

    /** Lease, use a part, report it (sometimes twice), give the rest back. */
    private static boolean spend(
            Gateway gateway,
            UUID tenant,
            SplittableRandom random,
            AtomicLong spent,
            AtomicLong refused) {
        long wished = random.nextLong(1, 400);
        var answer = gateway.grant(gateway.ask(tenant, wished));
        if (!(answer instanceof Answer.Granted granted)) {
            refused.incrementAndGet();
            return true;
        }
        long lease = granted.parts().getFirst().lease();
        long cost = random.nextLong(0, wished + 1);
        var records = new Records(tenant, gateway.incarnation(), BOOK);
        var record = Records.measured(records.hold(lease, wished), cost, 0);
        BANK.get(UsageIngest.class).ingest("g", List.of(record));
        if (random.nextBoolean()) {
            BANK.get(UsageIngest.class).ingest("g", List.of(record));
        }
        spent.addAndGet(cost);
        if (random.nextBoolean()) {
            gateway.giveBack(lease, wished - cost, true);
        }
        return true;
    }

    @Test
    void batchesOfSeveralGatewaysWithTheSameTenantsInAnyOrderDoNotDeadlock() throws Exception {
        var tenants = new ArrayList<UUID>();
        for (int i = 0; i < 6; i++) {
            var tenant = BANK.registry().tenant("many-" + UUID.randomUUID());
            BANK.grant(tenant, 1_000_000);
            tenants.add(tenant);
        }
        var gateways = List.of(new Gateway(BANK), new Gateway(BANK));
        var all = new ArrayList<UsageRecord>();
        for (var gateway : gateways) {
            for (var tenant : tenants) {
                long lease = gateway.lease(tenant, 100_000);
                var records = new Records(tenant, gateway.incarnation(), BOOK);
                for (int i = 0; i < 100; i++) {
                    all.add(Records.measured(records.hold(lease, 100), 7, 0));
                }
            }
        }
        long before = deadlocks();
        var work = new ArrayList<Callable<Boolean>>();
        for (int connection = 0; connection < 4; connection++) {
            var shuffled = new ArrayList<>(all);
            Collections.shuffle(shuffled, new Random(connection));
            work.add(() -> report(shuffled));
        }

        runAll(work, 4);

        for (var tenant : tenants) {
            assertThat(usageCost(tenant)).isEqualTo(2 * 100 * 7);
            assertThat(BANK.account(tenant).balance().micros()).isEqualTo(1_000_000 - 1_400);
            assertThat(BANK.account(tenant).leased().micros()).isEqualTo(200_000 - 1_400);
        }
        assertThat(deadlocks()).isEqualTo(before);
        BANK.assertSound();
    }

    @Test
    void batchesOfSeveralGatewaysThatWaitAreOneTransactionAndEachHearsOfItsOwn() throws Exception {
        var tenant = BANK.registry().tenant("together-" + UUID.randomUUID());
        BANK.grant(tenant, 1_000);
        var gateway = new Gateway(BANK);
        long lease = gateway.lease(tenant, 500);
        var records = new Records(tenant, gateway.incarnation(), BOOK);
        var bad =
                Records.measured(
                        records.holdAt(Instant.now(), 9).setPriceVersion(-1).build(), 1, 1);
        var heard = new ConcurrentHashMap<String, UsageIngest.Outcome>();
        var answered = new CountDownLatch(2);
        var queue = new UsageQueue(BANK.get(UsageIngest.class));
        var batches = Map.of("together-1", List.<UsageRecord>of(), "together-2", List.of(bad));
        batches.forEach((name, more) -> {
            var all = new ArrayList<>(more);
            all.add(Records.measured(records.hold(lease, 100), 7, 0));
            queue.add(work(name, all, heard, answered));
        });

        queue.start();

        assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
        queue.stop();
        assertThat(Objects.requireNonNull(heard.get("together-1")).rejected()).isEmpty();
        assertThat(Objects.requireNonNull(heard.get("together-2")).rejected())
                .extracting(RejectedUsage::record)
                .containsExactly(bad);
        assertThat(
                        BANK.count(
                                "SELECT count(DISTINCT xmin::text) * 100 + count(*)"
                                        + " FROM billing.usage WHERE gateway LIKE 'together-%'"))
                .isEqualTo(102);
        assertThat(
                        BANK.count(
                                "SELECT count(*) FROM billing.usage_rejected"
                                        + " WHERE gateway = 'together-2'"))
                .isEqualTo(1);
        assertThat(BANK.account(tenant).balance().micros()).isEqualTo(1_000 - 14);
        BANK.assertSound();
    }

    /** Whoever wants a part of their budgets waits for all of them. */
    @Test
    void whatTookFromManyLeasesIsATransactionOfItsOwn() throws Exception {
        var tenant = BANK.registry().tenant("many-" + UUID.randomUUID());
        BANK.grant(tenant, 1_000);
        var gateway = new Gateway(BANK);
        long lease = gateway.lease(tenant, 500);
        var records = new Records(tenant, gateway.incarnation(), BOOK);
        var many = records.hold(lease, 100).toBuilder();
        // Nobody has leases of these numbers: they are left out.
        for (int i = 1; i < UsageQueue.LEASES; i++) {
            many.addTaken(Taken.newBuilder().setLeaseId(-i));
        }
        var heard = new ConcurrentHashMap<String, UsageIngest.Outcome>();
        var answered = new CountDownLatch(3);
        var queue = new UsageQueue(BANK.get(UsageIngest.class));
        queue.add(work("many-1", one(records.hold(lease, 100)), heard, answered));
        queue.add(work("many-2", one(many.build()), heard, answered));
        queue.add(work("many-3", one(records.hold(lease, 100)), heard, answered));

        queue.start();

        assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
        queue.stop();
        assertThat(
                        BANK.jdbc()
                                .queryForList(
                                        "SELECT string_agg(gateway, ' ' ORDER BY gateway)"
                                                + " FROM billing.usage WHERE gateway LIKE 'many-%'"
                                                + " GROUP BY xmin::text ORDER BY 1",
                                        String.class))
                .containsExactly("many-1 many-2", "many-3");
        BANK.assertSound();
    }

    private static List<UsageRecord> one(Hold hold) {
        return List.of(Records.measured(hold, 7, 0));
    }

    private static UsageWork work(
            String gateway,
            List<UsageRecord> records,
            Map<String, UsageIngest.Outcome> heard,
            CountDownLatch answered) {
        return new UsageWork(
                gateway,
                records,
                outcome -> {
                    heard.put(gateway, outcome);
                    answered.countDown();
                },
                failure -> {
                    throw failure;
                });
    }

    private static boolean report(List<UsageRecord> records) {
        for (int from = 0; from < records.size(); from += 60) {
            var batch = records.subList(from, Math.min(from + 60, records.size()));
            var outcome = BANK.get(UsageIngest.class).ingest("g", batch);
            assertThat(outcome.rejected()).isEmpty();
        }
        return true;
    }

    private static void runAll(List<Callable<Boolean>> work, int threads)
            throws InterruptedException, ExecutionException {
        try (var executor = Executors.newFixedThreadPool(threads)) {
            for (var done : executor.invokeAll(work)) {
                assertThat(done.get()).isTrue();
            }
        }
    }

    private static long usageCost(UUID tenant) {
        return BANK.count(
                "SELECT coalesce(sum(cost_micros), 0) FROM billing.usage WHERE tenant_id = ?",
                tenant);
    }

    /** As Postgres counts them; the statistics of other sessions come within a second. */
    private static long deadlocks() {
        BANK.jdbc().execute("SELECT pg_stat_force_next_flush()");
        return BANK.count(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    }
}
