package io.apihub.billing.usage;

import static io.apihub.policy.v1.Limit.Metric.METRIC_CONCURRENCY;
import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Metric.METRIC_TOTAL_TOKENS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static io.apihub.policy.v1.Limit.Window.WINDOW_MONTH;
import static io.apihub.policy.v1.Limit.Window.WINDOW_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.Gateway;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.Want;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import io.apihub.billing.testing.Records;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.UsageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Many connections at once on budgets, shares and money. In {@code verify} 200 batches of grants,
 * usage and returns, with {@code -Pproof} 1,000.
 */
class ContentionIT {

    private static final int BATCHES = Integer.getInteger("batches", 200);

    private static final Bank BANK = new Bank();
    private static final long BOOK =
            BANK.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");

    private final String name = "c-" + UUID.randomUUID();
    private final UUID tenant = BANK.registry().tenant(name);
    private final Limits limits = new Limits(BANK, tenant, name);

    @AfterEach
    void sound() {
        BANK.assertSound();
    }

    @Test
    void sixtyFourThreadsNeverGetMoreThanThereIs() throws Exception {
        var key = limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 300);
        var granted = new AtomicLong();
        var work = new ArrayList<Callable<Boolean>>();
        for (int thread = 0; thread < 64; thread++) {
            var gateway = new Gateway(BANK);
            var random = new SplittableRandom(thread);
            work.add(() -> {
                for (int i = 0; i < 10; i++) {
                    long amount = random.nextLong(1, 4);
                    var ask = gateway.ask(new Want(new Want.OfBudget(key, 0), amount, amount));
                    if (gateway.grant(ask) instanceof Answer.Granted) {
                        granted.addAndGet(amount);
                    }
                }
                return true;
            });
        }

        runAll(work, 64);

        assertThat(granted.get()).isBetween(298L, 300L);
        assertThat(limits.budgets("sum(leased)", "q")).isEqualTo(granted.get());
    }

    @Test
    void mixedBatchesDoNotDeadlock() throws Exception {
        BANK.grant(tenant, 100_000_000);
        var day = limits.quota("day", METRIC_REQUESTS, WINDOW_DAY, 10_000_000);
        var month = limits.quota("month", METRIC_TOTAL_TOKENS, WINDOW_MONTH, 100_000_000);
        var slots = limits.quota("slots", METRIC_CONCURRENCY, WINDOW_UNSPECIFIED, 1_000_000);
        var gateways = List.of(new Gateway(BANK), new Gateway(BANK), new Gateway(BANK));
        long before = deadlocks();
        var work = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < BATCHES; i++) {
            var random = new Random(i);
            work.add(() -> mixed(gateways, List.of(day, month), slots, random));
        }

        runAll(work, 8);

        assertThat(deadlocks()).isEqualTo(before);
        gateways.forEach(Gateway::close);
        assertThat(BANK.account(tenant).leased().micros()).isZero();
        assertThat(limits.budgets("sum(leased)", "day")).isZero();
        assertThat(limits.budgets("sum(spent)", "day")).isEqualTo(BATCHES * 4L);
    }

    /** A batch of grants, one of usage, one of returns and another of usage: four in all. */
    private boolean mixed(
            List<Gateway> gateways, List<LimitKey> budgets, LimitKey slots, Random random) {
        var asks = new ArrayList<Ask>();
        for (int i = 0; i < 4; i++) {
            var wants = new ArrayList<Want>();
            wants.add(new Want(new Want.OfAccount(tenant), 100, 100));
            budgets.forEach(key -> wants.add(new Want(new Want.OfBudget(key, 0), 100, 100)));
            wants.add(new Want(new Want.OfShare(slots), 2, 2));
            Collections.shuffle(wants, random);
            asks.add(gateways.get(random.nextInt(3)).ask(wants.toArray(Want[]::new)));
        }
        var answers = BANK.get(Leases.class).grant(asks);
        var records = new ArrayList<UsageRecord>();
        var returns = new ArrayList<Leases.GivenBack>();
        for (int i = 0; i < 4; i++) {
            var hold =
                    new Records(tenant, asks.get(i).request().incarnation(), BOOK)
                            .holdAt(Instant.now(), 100);
            for (var part : ((Answer.Granted) answers.get(i)).parts()) {
                if (!part.slots()) {
                    hold.addTaken(Taken.newBuilder().setLeaseId(part.lease()).setAmount(100));
                }
                returns.add(new Leases.GivenBack(part.lease(), part.slots() ? 2 : 40, false, 0));
            }
            records.add(Records.measured(hold.build(), random.nextInt(30), random.nextInt(30)));
        }
        Collections.shuffle(records, random);
        Collections.shuffle(returns, random);
        var ingest = BANK.get(UsageIngest.class);
        assertThat(ingest.ingest("g", records.subList(0, 3)).rejected()).isEmpty();
        BANK.get(Leases.class).giveBack(returns);
        assertThat(ingest.ingest("g", records).rejected()).isEmpty();
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

    private static long deadlocks() {
        BANK.jdbc().execute("SELECT pg_stat_force_next_flush()");
        return BANK.count(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    }
}
