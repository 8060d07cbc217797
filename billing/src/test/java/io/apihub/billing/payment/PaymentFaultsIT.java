package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.payment.FaultPoint.Step;
import io.apihub.dev.epay.Trap;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A process ends between any two steps, or two things happen at once: the end is the same. */
class PaymentFaultsIT {

    private static final AtomicReference<@Nullable Step> FATAL = new AtomicReference<>();

    private static final PayStand STAND = PayStand.shared();

    private final String tenant = STAND.freshTenant();

    /** As abrupt as it gets inside of one process: nothing that comes after is done. */
    private static void end(Step step) {
        if (FATAL.compareAndSet(step, null)) {
            throw new IllegalStateException("killed after " + step);
        }
    }

    @BeforeEach
    void faults() {
        STAND.onStep(PaymentFaultsIT::end);
    }

    @AfterEach
    void noFaults() {
        FATAL.set(null);
        STAND.onStep(PayStand.NO_FAULT);
        STAND.platform().clearTraps();
    }

    @AfterAll
    static void sound() {
        STAND.checkSound();
    }

    @ParameterizedTest
    @EnumSource
    void whereverItEndsTheEndIsTheSame(Step step) {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        if (step == Step.RETURNED) {
            STAND.platform().set(Trap.REFUND_REFUSED);
        }
        var order = STAND.order(tenant, "two", "100");
        STAND.pay(order);
        FATAL.set(step);
        reconcile(2);
        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(STAND.balance(tenant)).isEqualTo("110");

        refund(order);
        reconcile(6);

        assertThat(FATAL.get()).as("the step was reached").isNull();
        boolean refused = step == Step.RETURNED;
        assertThat(STAND.state(order)).isEqualTo(refused ? "CREDITED" : "REFUNDED");
        assertThat(STAND.balance(tenant)).isEqualTo(refused ? "110" : "0");
        assertThat(STAND.there(order).status()).isEqualTo(refused ? 1 : 2);
    }

    /** The platform tells again, because it did not hear the word; and then it does. */
    @ParameterizedTest
    @EnumSource(names = {"ASKED", "CREDITING", "CREDITED"})
    void aNoticeThatFailsHearsNoWordAndIsTakenWhenItComesAgain(Step step) {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "10");
        var notice = STAND.platform().notice(STAND.pay(order));
        FATAL.set(step);

        var failed = STAND.notify("one", notice);
        var again = STAND.notify("one", notice);

        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).isEqualTo("fail");
        assertThat(again.body()).isEqualTo("success");
        assertThat(STAND.balance(tenant)).isEqualTo("10");
    }

    private static void reconcile(int times) {
        for (int i = 0; i < times; i++) {
            STAND.reconcile();
        }
    }

    private static int refund(JsonNode order) {
        return STAND.billing()
                .post(
                        "/api/v1/orders/" + STAND.id(order) + "/refunds",
                        null,
                        "{\"reason\":\"a test\"}")
                .statusCode();
    }

    @RepeatedTest(3)
    void payAndExpireAtOnceIsCredited() throws Exception {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "10");
        var notice = STAND.platform().notice(STAND.pay(order));
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET expires_at = now() WHERE order_id = ?",
                        STAND.id(order));

        atOnce(
                List.of(
                        () -> STAND.notify("one", notice).body(),
                        () -> String.valueOf(STAND.billing().get(Orders.class).expire()),
                        () -> STAND.notify("one", notice).body()));

        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(STAND.balance(tenant)).isEqualTo("10");
    }

    @RepeatedTest(3)
    void refundsAndNoticesAtOnceTakeItOnce() throws Exception {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "10");
        var notice = STAND.platform().notice(STAND.pay(order));
        STAND.notify("one", notice);

        var answers =
                atOnce(
                        List.of(
                                () -> String.valueOf(refund(order)),
                                () -> STAND.notify("one", notice).body(),
                                () -> String.valueOf(refund(order)),
                                () -> STAND.notify("one", notice).body()));
        reconcile(2);

        assertThat(answers).containsExactlyInAnyOrder("200", "409", "success", "success");
        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
        assertThat(STAND.balance(tenant)).isEqualTo("0");
    }

    /** Two parts and all of it: one at a time, and the sum is what was paid at most. */
    @RepeatedTest(3)
    void refundsOfPartsAtOnceAreOne() throws Exception {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "two", "100");
        STAND.notify("two", STAND.platform().notice(STAND.pay(order)));

        var answers =
                atOnce(
                        List.of(
                                () -> String.valueOf(part(order, "60")),
                                () -> String.valueOf(part(order, "60")),
                                () -> String.valueOf(refund(order))));
        reconcile(2);

        assertThat(answers).containsExactlyInAnyOrder("200", "409", "409");
        var returned = STAND.there(order).returned().intValueExact();
        assertThat(returned).isIn(60, 100);
        assertThat(STAND.balance(tenant)).isEqualTo(returned == 60 ? "44" : "0");
    }

    private static int part(JsonNode order, String amount) {
        return STAND.billing()
                .post(
                        "/api/v1/orders/" + STAND.id(order) + "/refunds",
                        UUID.randomUUID().toString(),
                        "{\"amount\":\"%s\",\"reason\":\"a test\"}".formatted(amount))
                .statusCode();
    }

    /** Who pays a second time while the first goes back has paid: it is kept apart. */
    @RepeatedTest(3)
    void aSecondPaymentWhileTheFirstGoesBackIsKeptApart() throws Exception {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        STAND.platform().set(Trap.PAY_TWICE);
        var order = STAND.order(tenant, "two", "20");
        var first = STAND.pay(order);
        STAND.notify("two", STAND.platform().notice(first));
        var second = STAND.platform().notice(STAND.pay(order));

        var answers =
                atOnce(
                        List.of(
                                () -> String.valueOf(refund(order)),
                                () -> STAND.notify("two", second).body(),
                                () -> STAND.notify("two", second).body()));
        reconcile(2);

        assertThat(answers).containsExactlyInAnyOrder("200", "success", "success");
        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
        assertThat(STAND.balance(tenant)).isEqualTo("0");
        assertThat(
                        STAND.admin()
                                .queryForObject(
                                        "SELECT count(*) FROM billing.payment_suspense"
                                                + " WHERE order_id = ?",
                                        Long.class,
                                        STAND.id(order)))
                .isOne();
    }

    private static List<String> atOnce(List<Callable<String>> all) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<String>();
            for (var one : threads.invokeAll(all)) {
                results.add(one.get());
            }
            return results;
        }
    }
}
