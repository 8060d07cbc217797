package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.payment.FaultPoint.Step;
import io.apihub.billing.testing.ChildJvm;
import io.apihub.dev.epay.PlatformOrder;
import io.apihub.dev.epay.Trap;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * A process of billing is killed at a step of a payment or a refund, and another one goes on: the
 * end is the same wherever it was, whether it asked by itself or was just being told. In {@code
 * verify} at two of the steps, all with {@code -Pproof}; {@link PaymentFaultsIT} walks all of them
 * within one process.
 */
class ProcessKillIT {

    private static final boolean ALL = System.getProperty("kills", "some").equals("all");
    private static final PayStand STAND = PayStand.shared();
    private final String tenant = STAND.freshTenant();

    static List<Step> steps() {
        return ALL ? List.of(Step.values()) : List.of(Step.GIVEN_BACK);
    }

    /** Those between a notice and its answer. */
    static List<Step> stepsOfNotices() {
        return ALL ? List.of(Step.ASKED, Step.CREDITING, Step.CREDITED) : List.of(Step.CREDITED);
    }

    @BeforeEach
    void nothingElseIsDue() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        STAND.reconcile();
    }

    @AfterEach
    void noTraps() {
        STAND.platform().clearTraps();
    }

    @AfterAll
    static void sound() {
        STAND.checkSound();
    }

    @ParameterizedTest
    @MethodSource("steps")
    void whereverItIsKilledTheEndIsTheSame(Step step) throws Exception {
        // Version 1: the RSA keys of the platform are this process's secret.
        var order = STAND.order(tenant, "one", "100");
        var paid = STAND.pay(order);
        boolean refunds = step.compareTo(Step.SENT) >= 0;
        if (refunds) {
            beginRefund(order, step);
        }
        STAND.due();

        process(step).assertExit(MortalBilling.KILLED);

        assertThat(STAND.state(order)).as("what was committed").isEqualTo(stateAfter(step));
        STAND.checkSound();
        STAND.reconcile();
        STAND.reconcile();
        assertEnd(order, step, paid);
    }

    @ParameterizedTest
    @MethodSource("stepsOfNotices")
    void whoIsKilledBeforeAnAnswerIsToldAgain(Step step) throws Exception {
        var order = STAND.order(tenant, "one", "100");
        var notice = STAND.platform().notice(STAND.pay(order));
        nobodyAsks(order);
        var process = process(step);
        var told =
                process.awaitAddress().request("/api/payment/notify/one?" + PayStand.form(notice));

        assertThatThrownBy(() -> STAND.billing().send(told)).hasCauseInstanceOf(IOException.class);

        process.assertExit(MortalBilling.KILLED);
        assertThat(STAND.state(order)).as("what was committed").isEqualTo(stateAfter(step));
        STAND.checkSound();
        assertThat(STAND.notify("one", notice).body()).isEqualTo("success");
        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(STAND.balance(tenant)).isEqualTo("110");
    }

    /** Otherwise the process might find it out before it is told. */
    private static void nobodyAsks(JsonNode order) {
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET next_poll_at = now() + interval '1 h'"
                                + " WHERE order_id = ?",
                        STAND.id(order));
    }

    private static void beginRefund(JsonNode order, Step step) {
        STAND.reconcile();
        var answer =
                STAND.billing()
                        .post(
                                "/api/v1/orders/" + STAND.id(order) + "/refunds",
                                null,
                                "{\"reason\":\"a test\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        if (step == Step.RETURNED) {
            STAND.platform().set(Trap.REFUND_REFUSED);
            // It has refused before: the next time it is believed.
            STAND.admin()
                    .update(
                            "UPDATE billing.payment_refund SET refusals = 2 WHERE order_id = ?",
                            STAND.id(order));
        }
    }

    private static String stateAfter(Step step) {
        return switch (step) {
            case ASKED, CREDITING -> "PENDING";
            case CREDITED -> "CREDITED";
            case SENT, GIVEN_BACK, FINISHING, RETURNED -> "REFUNDING";
        };
    }

    private void assertEnd(JsonNode order, Step step, PlatformOrder paid) {
        boolean refunds = step.compareTo(Step.SENT) >= 0;
        boolean refunded = refunds && step != Step.RETURNED;
        assertThat(STAND.state(order)).isEqualTo(refunded ? "REFUNDED" : "CREDITED");
        assertThat(STAND.balance(tenant)).isEqualTo(refunded ? "0" : "110");
        assertThat(STAND.there(order).status()).isEqualTo(refunded ? 2 : 1);
        // Nobody acknowledged it to the platform, which tells it again.
        assertThat(STAND.notify("one", STAND.platform().notice(paid)).body()).isEqualTo("success");
        assertThat(STAND.balance(tenant)).isEqualTo(refunded ? "0" : "110");
    }

    /** Starts a process that does what is due, until it is killed. */
    private static ChildJvm process(Step step) throws IOException {
        return ChildJvm.start(
                "mortal",
                MortalBilling.class,
                List.of(
                        STAND.database().settings().jdbcUrl(),
                        STAND.platform().url().toString(),
                        step.name()));
    }
}
