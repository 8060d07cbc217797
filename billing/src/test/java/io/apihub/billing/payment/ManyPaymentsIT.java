package io.apihub.billing.payment;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.payment.Cashier.Wish;
import io.apihub.billing.payment.Fate.Step;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.dev.epay.PlatformOrder;
import io.apihub.dev.epay.Trap;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Many payments, of which notices are lost, repeated, forged, reordered and wrong, before and after
 * they are paid, at a platform that is away for a while, told to two processes: each order is
 * credited once, and none before it is paid.
 */
class ManyPaymentsIT {

    private static final int PAYMENTS = Integer.getInteger("payments", 2_000);
    private static final int THREADS = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(3 + PAYMENTS / 1_000);

    /** One of so many is version 2, whose RSA is most of what it costs here. */
    private static final int ONE_IN = 8;

    /** A look at all orders takes a part of the machine: so many times as long it is left alone. */
    private static final int PAUSE = 8;

    private static final Caller CALLER = Caller.administrator("tester");

    private static final String DUE =
            "SELECT (SELECT count(*) FROM billing.payment_order WHERE next_poll_at <= now()"
                    + " AND tenant_id = ANY (?)) + (SELECT count(*) FROM billing.payment_inquiry"
                    + " WHERE next_try_at <= now())";

    private static final String SUSPENSE =
            "SELECT count(*) FROM billing.payment_suspense s"
                    + " JOIN billing.payment_order o USING (order_id) WHERE o.tenant_id = ANY (?)";

    private final PayStand stand = PayStand.shared();
    private final Random random = new Random(20_261_123);

    /** The tenants that pay here; others' payments are other tests' matter. */
    private UUID[] own = new UUID[0];

    /** What may be credited by now, in micros: by what the ledger calls it. */
    private final Map<String, Long> paid = new ConcurrentHashMap<>();

    /** An order, and what the platform says of it as soon as it is paid. */
    private record Job(
            PaymentOrder order, Fate fate, CompletableFuture<Map<String, String>> notice) {

        String reference() {
            return "payment/" + order.outTradeNo();
        }
    }

    @Test
    void eachPaymentIsCreditedOnceAndNoneBeforeItIsPaid() throws Exception {
        stand.platform().set(Trap.LOSE_NOTIFY);
        try (var other =
                RunningBilling.with(
                        TestSettings.of(stand.database())
                                .with(PayStand.payments(stand.platform().url())),
                        beans -> {})) {
            stand.billing().get(PaymentWorker.class).start();
            var jobs = order();
            bring(jobs);
            try (var watch = new Watch()) {
                live(other, jobs);
                Poll.until(PATIENCE, () -> isOver(jobs));
                watch.look();
            }
            check(jobs);
        } finally {
            stand.billing().get(PaymentWorker.class).stop();
        }
    }

    /** Other tests would have to read all of them. */
    @AfterAll
    static void forget() {
        var stand = PayStand.shared();
        stand.platform().clearTraps();
        stand.platform().forgetAll();
        stand.admin().update("UPDATE billing.payment SET created_at = now() - interval '99 days'");
    }

    private List<Job> order() throws Exception {
        stand.freshTenant();
        var tenants = new ArrayList<Tenant>();
        for (int i = 0; i < 20; i++) {
            tenants.add(stand.billing().get(TenantLookup.class).find(stand.tenant()));
        }
        own = tenants.stream().map(Tenant::id).toArray(UUID[]::new);
        var providers = PayStand.payments(stand.platform().url()).providers();
        var work = new ArrayList<Callable<Job>>();
        for (int i = 0; i < PAYMENTS; i++) {
            var tenant = tenants.get(i % tenants.size());
            var provider = providers.get(i % ONE_IN == 0 ? 1 : 0);
            var wish =
                    new Wish(
                            provider,
                            provider.types().getFirst(),
                            new Credits((100 + random.nextInt(900)) * 10_000L));
            var fate = Fate.of(random.nextInt(100));
            work.add(() -> new Job(open(tenant, wish), fate, new CompletableFuture<>()));
        }
        return all(work);
    }

    private PaymentOrder open(Tenant tenant, Wish wish) {
        return Objects.requireNonNull(
                stand.billing()
                        .get(TransactionTemplate.class)
                        .execute(status ->
                                stand.billing().get(Cashier.class).open(tenant, CALLER, wish)));
    }

    /** As browsers do. */
    private void bring(List<Job> jobs) throws Exception {
        try (var browser = HttpClient.newHttpClient()) {
            var work = new ArrayList<Callable<Integer>>();
            for (var job : jobs) {
                var page = stand.billing().get(Cashier.class).page(job.order()).orElseThrow();
                var request = HttpRequest.newBuilder(page).build();
                work.add(() -> browser.send(request, BodyHandlers.discarding()).statusCode());
            }
            assertThat(all(work)).containsOnly(302);
        }
    }

    /**
     * What happens to all orders, mixed: to each in its order, at most as many at once as there are
     * threads. To either process; the platform is away for the middle of it.
     */
    private void live(RunningBilling other, List<Job> jobs) throws Exception {
        var turns = new ArrayList<Job>();
        jobs.forEach(job -> job.fate().steps().forEach(step -> turns.add(job)));
        Collections.shuffle(turns, random);
        var done = new HashMap<Job, Integer>();
        var begun = new AtomicInteger();
        var work = new ArrayList<Callable<Boolean>>();
        for (var job : turns) {
            var step = job.fate().steps().get(done.merge(job, 1, Integer::sum) - 1);
            work.add(() -> {
                int number = begun.getAndIncrement();
                if (number == turns.size() / 3) {
                    stand.platform().set(Trap.DOWN);
                }
                if (number == turns.size() / 2) {
                    stand.platform().clear(Trap.DOWN);
                }
                // Other tests' stand would take their address for a flood's.
                boolean toOther = step == Step.FORGE || number % 2 == 1;
                step(toOther ? other : stand.billing(), job, step);
                return true;
            });
        }
        all(work);
        stand.platform().clear(Trap.DOWN);
    }

    private void step(RunningBilling billing, Job job, Step step) {
        var order = job.order();
        var there = stand.platform().order(order.outTradeNo());
        switch (step) {
            case PAY -> {
                // Before: whoever sees it paid may credit it at once.
                paid.put(job.reference(), order.credit().micros());
                told(job, stand.platform().pay(there.tradeNo()));
            }
            case PAY_OTHER ->
                    told(job, stand.platform().payOnly(there.tradeNo(), otherAmount(order)));
            // Whoever pays has begun before, in another thread.
            case TELL -> send(billing, order, job.notice().copy().orTimeout(5, MINUTES).join());
            case FORGE -> {
                var forged = new LinkedHashMap<>(stand.platform().notice(there));
                forged.put("trade_no", "9" + there.tradeNo());
                assertThat(send(billing, order, forged)).as("nobody signed it").isFalse();
            }
            case LEAK -> leak(billing, job, there);
        }
    }

    private void told(Job job, PlatformOrder done) {
        job.notice().complete(stand.platform().notice(done));
    }

    /** A coin, half, a coin less, a coin more, twice. */
    private static String otherAmount(PaymentOrder order) {
        var price = order.price().amount();
        var coin = new BigDecimal("0.01");
        return switch ((int) (order.seq() % 5)) {
            case 0 -> coin.toPlainString();
            case 1 -> price.divide(BigDecimal.TWO, 2, RoundingMode.DOWN).toPlainString();
            case 2 -> price.subtract(coin).toPlainString();
            case 3 -> price.add(coin).toPlainString();
            default -> price.add(price).toPlainString();
        };
    }

    /** Of the platform's own number only the one who pays makes it true. */
    private void leak(RunningBilling billing, Job job, PlatformOrder there) {
        boolean own = there.tradeNo().hashCode() % 2 == 0;
        var asked = there.request();
        var claim =
                new PlatformOrder(
                        own ? there.tradeNo() : "8" + there.tradeNo(),
                        there.version(),
                        asked,
                        1,
                        asked.money(),
                        List.of(),
                        there.at());
        boolean taken = send(billing, job.order(), stand.platform().notice(claim));
        boolean mayBePaid =
                own && (paid.containsKey(job.reference()) || job.fate() == Fate.OTHER_AMOUNT);
        assertThat(taken && !mayBePaid).as("a key is no money").isFalse();
    }

    private static boolean send(
            RunningBilling billing, PaymentOrder order, Map<String, String> fields) {
        var url =
                URI.create(
                        "http://"
                                + PayStand.authority(billing)
                                + "/api/payment/notify/"
                                + order.provider()
                                + "?"
                                + PayStand.form(fields));
        var answer = billing.send(HttpRequest.newBuilder(url));
        assertThat(answer.body()).isIn("success", "fail");
        assertThat(answer.statusCode()).isLessThan(500);
        return answer.body().equals("success");
    }

    private static <T> List<T> all(List<Callable<T>> work) throws Exception {
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var results = new ArrayList<T>();
            for (var one : threads.invokeAll(work)) {
                results.add(one.get());
            }
            return results;
        }
    }

    private static long count(List<Job> jobs, Step step) {
        return jobs.stream().filter(job -> job.fate().steps().contains(step)).count();
    }

    /** What would wait for its time is made due as soon as nothing is due any more. */
    private boolean isOver(List<Job> jobs) {
        if (number(DUE) == 0) {
            stand.due();
        }
        var credited =
                "SELECT count(*) FROM billing.payment_order WHERE state = 'CREDITED'"
                        + " AND tenant_id = ANY (?)";
        var waiting =
                "SELECT count(*) FROM billing.payment_inquiry"
                        + " JOIN billing.payment_order USING (order_id) WHERE tenant_id = ANY (?)";
        return number(credited) >= count(jobs, Step.PAY)
                && number(SUSPENSE) >= count(jobs, Step.PAY_OTHER)
                && number(waiting) == 0;
    }

    private void check(List<Job> jobs) {
        var credited = credited();
        assertThat(paid).hasSize((int) count(jobs, Step.PAY));
        assertThat(
                        jobs.stream()
                                .map(Job::reference)
                                .filter(job -> !Objects.equals(paid.get(job), credited.get(job))))
                .as("orders that are not credited by what was paid, once")
                .isEmpty();
        assertThat(credited).hasSameSizeAs(paid);
        assertThat(number(SUSPENSE)).isEqualTo(count(jobs, Step.PAY_OTHER));
        assertThat(
                        number(
                                "SELECT count(*) FROM billing.payment p"
                                        + " JOIN billing.payment_order o USING (order_id)"
                                        + " WHERE (p.outcome = 'CREDITED')"
                                        + " <> (p.pay_amount = o.pay_amount)"
                                        + " AND o.tenant_id = ANY (?)"))
                .isZero();
        assertThat(
                        number(
                                "SELECT sum(balance_micros) FROM billing.account"
                                        + " WHERE tenant_id = ANY (?)"))
                .isEqualTo(paid.values().stream().mapToLong(Long::longValue).sum());
        stand.checkSound();
    }

    /** What tenants got, by what the ledger calls it. */
    private Map<String, Long> credited() {
        var credited = new HashMap<String, Long>();
        stand.admin()
                .query(
                        "SELECT t.reference, sum(e.amount_micros) FROM billing.ledger_entry e"
                                + " JOIN billing.ledger_transaction t USING (transaction_id)"
                                + " JOIN billing.account a USING (account_id)"
                                + " WHERE a.tenant_id = ANY (?) GROUP BY 1",
                        row -> {
                            credited.put(row.getString(1), row.getLong(2));
                        },
                        (Object) own);
        return credited;
    }

    /** Of our tenants, who are the parameter. */
    private long number(String sql) {
        return Objects.requireNonNull(stand.admin().queryForObject(sql, Long.class, (Object) own));
    }

    /** Holds all the while that no order has more credit than is paid of it. */
    private final class Watch implements AutoCloseable {

        private final Thread thread;
        private volatile @Nullable String wrong;
        private volatile boolean running = true;

        Watch() {
            this.thread = Thread.ofVirtual().start(this::run);
        }

        private void run() {
            while (running && wrong == null) {
                long began = System.nanoTime();
                look();
                LockSupport.parkNanos(PAUSE * (System.nanoTime() - began));
            }
        }

        /** First what is credited, then what is paid: the other way round would prove nothing. */
        void look() {
            credited().entrySet().stream()
                    .filter(one -> one.getValue() > paid.getOrDefault(one.getKey(), 0L))
                    .findFirst()
                    .ifPresent(one -> wrong = String.valueOf(one));
        }

        @Override
        public void close() {
            running = false;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(wrong).as("an order had more credit than was paid of it").isNull();
        }
    }
}
