package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.payment.Cashier.Wish;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.dev.epay.Trap;
import io.apihub.model.money.Credits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Many payments, of which notices are lost, repeated, forged, reordered and wrong, at a platform
 * that is away for a while, told to two processes: each is credited once, and none before it is
 * paid.
 */
class ManyPaymentsIT {

    private static final int PAYMENTS = Integer.getInteger("payments", 2_000);
    private static final int THREADS = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(3 + PAYMENTS / 1_000);

    /** One of so many is version 2, whose RSA is most of what it costs here. */
    private static final int ONE_IN = 8;

    private static final Caller CALLER = Caller.administrator("tester");

    private static final String DUE =
            "SELECT (SELECT count(*) FROM billing.payment_order WHERE next_poll_at <= now())"
                    + " + (SELECT count(*) FROM billing.payment_inquiry"
                    + " WHERE next_try_at <= now())";

    private final Random random = new Random(20_261_123);
    private final AtomicLong paid = new AtomicLong();
    private final List<Notice> notices = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger mustBeCredited = new AtomicInteger();

    /** What happens to an order; of a hundred. */
    private enum Fate {
        TOLD(50),
        REPEATED(15),
        LOST(20),
        FORGED(5),
        PAID_LESS(3),
        NOT_PAID(7);

        private final int share;

        Fate(int share) {
            this.share = share;
        }

        static Fate of(int percent) {
            int sum = 0;
            for (var fate : values()) {
                sum += fate.share;
                if (percent < sum) {
                    return fate;
                }
            }
            throw new IllegalArgumentException("not a percentage: " + percent);
        }
    }

    private record Notice(String provider, Map<String, String> fields) {}

    private record Job(PaymentOrder order, Fate fate) {}

    @Test
    void eachPaymentIsCreditedOnceAndNoneBeforeItIsPaid() throws Exception {
        var database = TestDatabase.create();
        try (var stand = new PayStand(database, PayStand.startPlatform(), beans -> {});
                var other =
                        RunningBilling.with(
                                TestSettings.of(database)
                                        .with(PayStand.payments(stand.platform().url())),
                                beans -> {})) {
            stand.platform().set(Trap.LOSE_NOTIFY);
            stand.billing().get(PaymentWorker.class).start();
            var jobs = order(stand);
            try (var watch = new Watch(stand)) {
                pay(stand, jobs);
                tell(stand, other);
                assertThat(watch.look()).as("credited before it was paid").isTrue();
                Poll.until(PATIENCE, () -> allCredited(stand));
            }
            check(stand);
        }
    }

    private List<Job> order(PayStand stand) throws Exception {
        var tenants = new ArrayList<Tenant>();
        for (int i = 0; i < 20; i++) {
            tenants.add(stand.billing().get(TenantLookup.class).find(stand.tenant()));
        }
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
            work.add(() -> new Job(open(stand, tenant, wish), fate));
        }
        return all(work);
    }

    private static PaymentOrder open(PayStand stand, Tenant tenant, Wish wish) {
        return Objects.requireNonNull(
                stand.billing()
                        .get(TransactionTemplate.class)
                        .execute(status ->
                                stand.billing().get(Cashier.class).open(tenant, CALLER, wish)));
    }

    private void pay(PayStand stand, List<Job> jobs) throws Exception {
        try (var browser = HttpClient.newHttpClient()) {
            all(
                    jobs.stream()
                            .<Callable<Boolean>>map(job -> () -> paid(stand, browser, job))
                            .toList());
        }
    }

    private boolean paid(PayStand stand, HttpClient browser, Job job) throws Exception {
        var order = job.order();
        var page = stand.billing().get(Cashier.class).page(order).orElseThrow();
        browser.send(HttpRequest.newBuilder(page).build(), BodyHandlers.discarding());
        var there = stand.platform().order(order.outTradeNo());
        if (job.fate() == Fate.NOT_PAID) {
            return false;
        }
        boolean less = job.fate() == Fate.PAID_LESS;
        if (!less) {
            paid.addAndGet(order.credit().micros());
            mustBeCredited.incrementAndGet();
        }
        var done =
                less
                        ? stand.platform().payOnly(there.tradeNo(), "0.01")
                        : stand.platform().pay(there.tradeNo());
        var fields = stand.platform().notice(done);
        if (job.fate() == Fate.FORGED) {
            var forged = new LinkedHashMap<>(fields);
            forged.put("trade_no", "9" + fields.get("trade_no"));
            notices.add(new Notice(order.provider(), forged));
        }
        int times = job.fate() == Fate.LOST ? 0 : job.fate() == Fate.REPEATED ? 3 : 1;
        for (int i = 0; i < times; i++) {
            notices.add(new Notice(order.provider(), fields));
        }
        return true;
    }

    /** In any order, to either process; the platform is away for the middle of it. */
    private void tell(PayStand stand, RunningBilling other) throws Exception {
        Collections.shuffle(notices, random);
        var told = new AtomicInteger();
        int most = notices.size();
        all(
                notices.stream()
                        .<Callable<Boolean>>map(notice ->
                                () -> {
                                    int number = told.getAndIncrement();
                                    if (number == most / 3) {
                                        stand.platform().set(Trap.DOWN);
                                    }
                                    if (number == most / 2) {
                                        stand.platform().clear(Trap.DOWN);
                                    }
                                    var billing = number % 2 == 0 ? stand.billing() : other;
                                    return send(billing, notice);
                                })
                        .toList());
        stand.platform().clear(Trap.DOWN);
    }

    private static boolean send(RunningBilling billing, Notice notice) {
        var url =
                URI.create(
                        "http://"
                                + PayStand.authority(billing)
                                + "/api/payment/notify/"
                                + notice.provider()
                                + "?"
                                + PayStand.form(notice.fields()));
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

    /** What would wait for its time is made due as soon as nothing is due any more. */
    private boolean allCredited(PayStand stand) {
        if (number(stand, DUE) == 0) {
            stand.due();
        }
        return number(stand, "SELECT count(*) FROM billing.payment_order WHERE state = 'CREDITED'")
                >= mustBeCredited.get();
    }

    private void check(PayStand stand) {
        assertThat(
                        number(
                                stand,
                                "SELECT count(*) FROM billing.ledger_transaction"
                                        + " WHERE kind = 'top-up' AND reference LIKE 'payment/%'"))
                .isEqualTo(mustBeCredited.get());
        assertThat(credited(stand)).isEqualTo(paid.get());
        assertThat(
                        number(
                                stand,
                                "SELECT count(*) FROM billing.payment p"
                                        + " JOIN billing.payment_order o USING (order_id)"
                                        + " WHERE (p.outcome = 'CREDITED')"
                                        + " <> (p.pay_amount = o.pay_amount)"))
                .isZero();
        stand.checkSound();
    }

    private static long credited(PayStand stand) {
        return number(
                stand,
                "SELECT coalesce(sum(balance_micros), 0) FROM billing.account"
                        + " WHERE tenant_id IS NOT NULL");
    }

    private static long number(PayStand stand, String sql) {
        return Objects.requireNonNull(stand.admin().queryForObject(sql, Long.class));
    }

    /** Holds all the while that no more is credited than is paid. */
    private final class Watch implements AutoCloseable {

        private final PayStand stand;
        private final Thread thread;
        private volatile boolean sound = true;
        private volatile boolean running = true;

        Watch(PayStand stand) {
            this.stand = stand;
            this.thread = Thread.ofVirtual().start(this::run);
        }

        private void run() {
            while (running && sound) {
                look();
                // Leaves the machine to those who are watched.
                LockSupport.parkNanos(5_000_000);
            }
        }

        /** First what is credited, then what is paid: the other way round would prove nothing. */
        boolean look() {
            long credits = credited(stand);
            sound = sound && credits <= paid.get();
            return sound;
        }

        @Override
        public void close() {
            running = false;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(sound).as("credits were never more than payments").isTrue();
        }
    }
}
