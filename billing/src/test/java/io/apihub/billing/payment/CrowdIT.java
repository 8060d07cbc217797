package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.payment.FaultPoint.Step;
import io.apihub.billing.testing.Poll;
import io.apihub.dev.epay.Trap;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What somebody does too much of, or for too long, is in nobody else's way. */
class CrowdIT {

    private static final int FORGERIES = 400;
    private static final int PAYMENTS = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final AtomicReference<@Nullable Hold> HOLD = new AtomicReference<>();

    private static PayStand stand;

    /** Who asks a platform first waits for its answer until it is released. */
    private record Hold(CountDownLatch begun, CountDownLatch released) {

        Hold() {
            this(new CountDownLatch(1), new CountDownLatch(1));
        }
    }

    private static void reached(Step step) {
        var hold = step == Step.ASKED ? HOLD.getAndSet(null) : null;
        if (hold != null) {
            hold.begun().countDown();
            try {
                hold.released().await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final String tenant;

    CrowdIT() {
        tenant = stand.freshTenant();
    }

    @BeforeAll
    static void open() {
        stand = new PayStand(TestDatabase.create(), PayStand.startPlatform());
    }

    @BeforeEach
    void nothingIsLeftToDo() {
        stand.onStep(CrowdIT::reached);
        stand.platform().set(Trap.LOSE_NOTIFY);
        stand.reconcile();
    }

    @AfterEach
    void noTraps() {
        stand.platform().clearTraps();
    }

    @AfterAll
    static void stop() {
        stand.checkSound();
        stand.close();
    }

    private Map<String, String> paid(String amount) {
        var order = stand.order(tenant, "one", amount);
        return stand.platform().notice(stand.pay(order));
    }

    private static Map<String, String> forged(Map<String, String> fields) {
        var forged = new LinkedHashMap<>(fields);
        forged.put("sign", "0".repeat(32));
        return forged;
    }

    private static double refused() {
        return stand.billing()
                .get(MeterRegistry.class)
                .counter("apihub_billing_payment_notices_refused")
                .count();
    }

    private static long written() {
        return Objects.requireNonNull(
                stand.admin()
                        .queryForObject(
                                "SELECT count(*) FROM billing.payment_notice"
                                        + " WHERE order_id IS NULL",
                                Long.class));
    }

    @Test
    void realNoticesGetThroughAFloodOfForgeries() throws Exception {
        var work = new ArrayList<Callable<HttpResponse<String>>>();
        var forgery = forged(paid("3"));
        for (int i = 0; i < FORGERIES; i++) {
            work.add(() -> stand.notify("one", forgery));
        }
        for (int i = 0; i < PAYMENTS; i++) {
            var notice = paid("2");
            work.add(i * FORGERIES / PAYMENTS, () -> taken(notice));
        }
        long writtenBefore = written();
        double refusedBefore = refused();

        var answers = all(work);

        assertThat(answers).filteredOn(answer -> answer.body().equals("success")).hasSize(PAYMENTS);
        assertThat(stand.balance(tenant)).isEqualTo(String.valueOf(2 * PAYMENTS));
        assertThat(answers)
                .filteredOn(answer -> answer.body().equals("fail"))
                .hasSize(FORGERIES)
                .extracting(HttpResponse::statusCode)
                .containsOnly(400, 429);
        assertThat(refused() - refusedBefore).as("all are counted").isEqualTo(FORGERIES);
        assertThat(written() - writtenBefore).as("few are kept").isLessThan(FORGERIES / 2);
    }

    /** As a platform tells: again, if the machine was too slow for it. */
    private static HttpResponse<String> taken(Map<String, String> notice) {
        Poll.until(PATIENCE, () -> stand.notify("one", notice).body().equals("success"));
        return stand.notify("one", notice);
    }

    private static List<HttpResponse<String>> all(List<Callable<HttpResponse<String>>> work)
            throws Exception {
        try (var threads = Executors.newFixedThreadPool(16)) {
            var answers = new ArrayList<HttpResponse<String>>();
            for (var one : threads.invokeAll(work)) {
                answers.add(one.get());
            }
            return answers;
        }
    }

    private JsonNode paidAt(String provider) {
        var order = stand.order(tenant, provider, "4");
        stand.pay(order);
        stand.due();
        return order;
    }

    private static void awaitCredit(JsonNode order) {
        Poll.until(PATIENCE, () -> stand.state(order).equals("CREDITED"));
    }

    @Test
    void aPlatformThatTakesLongHoldsUpNoOther() throws Exception {
        var hold = new Hold();
        HOLD.set(hold);
        var slow = paidAt("one");

        assertHoldsUpNone(hold, slow, "two");
    }

    /** While the platform's answer about one order is held, another is credited. */
    private void assertHoldsUpNone(Hold hold, JsonNode slow, String otherProvider)
            throws InterruptedException {
        var worker = stand.billing().get(PaymentWorker.class);
        worker.start();
        try {
            assertThat(hold.begun().await(60, TimeUnit.SECONDS)).isTrue();

            awaitCredit(paidAt(otherProvider));

            assertThat(sweeping()).as("one for all providers").hasSize(1);
            assertThat(stand.state(slow)).isEqualTo("PENDING");
            hold.released().countDown();
            awaitCredit(slow);
        } finally {
            hold.released().countDown();
            worker.stop();
        }
    }

    private static List<Thread> sweeping() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sweep of "))
                .toList();
    }

    @Test
    void aSweepThatTakesLongHoldsUpNoPayment() throws Exception {
        var slow = paidAt("one");
        stand.admin()
                .update(
                        "UPDATE billing.payment_order SET next_poll_at = NULL WHERE order_id = ?",
                        stand.id(slow));
        stand.admin()
                .update(
                        "INSERT INTO billing.payment_sweep (provider) VALUES ('one')"
                                + " ON CONFLICT (provider) DO UPDATE SET next_at = now()");
        var hold = new Hold();
        HOLD.set(hold);

        assertHoldsUpNone(hold, slow, "one");
    }

    /** It is refused for what it is, and not because all are busy. */
    @Test
    void aForgeryTakesNoTurn() {
        var forgery = forged(paid("3"));
        double before = refused();

        whileNoTurnIsFree(6, () -> stand.notify("one", forgery));

        assertThat(refused()).isEqualTo(before + 1);
    }

    private static HttpResponse<String> whileNoTurnIsFree(
            int turns, Supplier<HttpResponse<String>> work) {
        return turns == 0
                ? work.get()
                : stand.billing().get(Turns.class).take(() -> whileNoTurnIsFree(turns - 1, work));
    }

    @Test
    void ofWhatStrangersSentTheNewestIsKept() {
        stand.admin()
                .update(
                        "INSERT INTO billing.payment_notice (provider, source, outcome, received_at)"
                                + " SELECT 's-' || n, 'notify', 'refused', now() + n * interval '1 h'"
                                + " FROM generate_series(1, 30) n");
        var newest = newest();

        stand.billing().get(Notices.class).forget(5);

        assertThat(newest()).isEqualTo(newest.subList(0, 5));
    }

    private static List<Long> newest() {
        return stand.admin()
                .query(
                        "SELECT notice_id FROM billing.payment_notice WHERE order_id IS NULL"
                                + " ORDER BY received_at DESC",
                        (row, number) -> row.getLong(1));
    }

    /** What is credited is still recorded. */
    @Test
    void whoHasThePlatformsKeyFillsNoTable() {
        var order = stand.order(tenant, "one", "3");
        stand.admin()
                .update(
                        "INSERT INTO billing.payment_notice (provider, order_id, source, outcome)"
                                + " SELECT 'one', ?, 'notify', 'not-paid'"
                                + " FROM generate_series(1, 100)",
                        stand.id(order));
        stand.admin()
                .update(
                        "INSERT INTO billing.payment_inquiry (provider, trade_no, order_id)"
                                + " SELECT 'one', 'forged-' || n, ? FROM generate_series(1, 20) n",
                        stand.id(order));
        var signed = stand.platform().notice(stand.there(order));

        assertThat(stand.notify("one", signed).body()).isEqualTo("fail");
        stand.platform().set(Trap.DOWN);
        assertThat(stand.notify("one", signed).body()).isEqualTo("fail");

        assertThat(of("payment_notice", order)).isEqualTo(100);
        assertThat(of("payment_inquiry", order)).isEqualTo(20);
        stand.platform().clearTraps();
        stand.platform().set(Trap.LOSE_NOTIFY);
        taken(stand.platform().notice(stand.pay(order)));
        assertThat(stand.balance(tenant)).isEqualTo("3");
        assertThat(stand.lastNotice(order)).startsWith("credited");
    }

    private static int of(String table, JsonNode order) {
        return Objects.requireNonNull(
                stand.admin()
                        .queryForObject(
                                "SELECT count(*) FROM billing." + table + " WHERE order_id = ?",
                                Integer.class,
                                stand.id(order)));
    }

    /** As soon as a platform reads the word "success", it never tells again. */
    @Test
    void whatCannotBeWrittenIsNotAcknowledgedAndIsCreditedWhenItIsToldAgain() {
        var notice = paid("5");
        databaseTakes(0);
        try {
            var answer = stand.notify("one", notice);

            assertThat(answer.body()).doesNotContainIgnoringCase("success");
            assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
        } finally {
            databaseTakes(-1);
        }

        taken(notice);

        assertThat(stand.balance(tenant)).isEqualTo("5");
    }

    /** How many connections of the service; -1 is any number. Those that there are end. */
    private static void databaseTakes(int connections) {
        var name = stand.admin().queryForObject("SELECT current_database()", String.class);
        stand.admin().execute("ALTER DATABASE " + name + " CONNECTION LIMIT " + connections);
        stand.admin()
                .queryForList(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE usename = 'apihub_billing' AND datname = ?",
                        Boolean.class,
                        name);
    }
}
