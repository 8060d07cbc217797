package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Payments that somebody gave back at the platform itself, of which nobody tells. */
class GivenBackThereIT {

    private static final PayStand STAND = PayStand.shared();

    private final String tenant = STAND.freshTenant();

    @BeforeEach
    void whatOthersLeftIsSettled() {
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

    private static List<Integer> sweep(String provider) {
        return Sweeps.of(STAND, provider);
    }

    /** The payment was told long ago, and paid then. */
    private static void daysAgo(JsonNode order, int days) {
        STAND.admin()
                .update(
                        "UPDATE billing.payment SET created_at = now() - make_interval(days => ?)"
                                + " WHERE order_id = ?",
                        days,
                        STAND.id(order));
        STAND.platform().backdate(STAND.there(order), Instant.now().minus(Duration.ofDays(days)));
    }

    private static String problem(JsonNode order) {
        var path = "/api/v1/orders/" + STAND.id(order);
        return RunningBilling.json(STAND.billing().get(path)).get("problem").asString();
    }

    /** Whoever gave it back there need not do so again here: the refund finds that it is done. */
    @ParameterizedTest
    @CsvSource({"one,3", "one,80", "two,3", "two,80"})
    void whatWasGivenBackThereLaterIsFoundAndEndsWithARefundHere(String provider, int days) {
        var order = STAND.credited(tenant, provider, "8");
        daysAgo(order, days);
        var before = sweep(provider);
        assertThat(problem(order)).isEmpty();
        STAND.platform().giveBack(STAND.there(order), "by-hand-" + tenant, "8");

        assertThat(Sweeps.more(before, sweep(provider))).containsExactly(0, 1, 0);

        assertThat(problem(order)).contains("as paid no more, status 2");
        assertThat(STAND.balance(tenant)).as("a person decides").isEqualTo("8");
        var path = "/api/v1/orders/" + STAND.id(order) + "/refunds";
        STAND.billing().post(path, null, "{\"reason\":\"given back at the platform\"}");
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
        assertThat(problem(order)).isEmpty();
        assertThat(STAND.balance(tenant)).isEqualTo("0");
        assertThat(STAND.there(order).returned()).as("once").isEqualByComparingTo("8");
        assertThat(sweep(provider)).isEqualTo(before);
    }

    @Test
    void whatThePlatformHasAgainIsNoProblemAnyMore() {
        var order = STAND.credited(tenant, "two", "8");
        daysAgo(order, 20);
        STAND.platform().set(Trap.FROZEN);
        sweep("two");
        assertThat(problem(order)).contains("status 3");
        STAND.platform().clear(Trap.FROZEN);

        sweep("two");

        assertThat(problem(order)).isEmpty();
    }

    /** Platforms delete what is old; who forgets what is new has lost it. */
    @ParameterizedTest
    @CsvSource({"1,1", "20,0"})
    void whatThePlatformForgotCountsWhileItIsNew(int days, int drift) {
        var order = STAND.credited(tenant, "two", "8");
        daysAgo(order, days);
        var before = sweep("two");
        STAND.platform().forget(STAND.there(order));

        assertThat(Sweeps.more(before, sweep("two"))).containsExactly(0, drift, 0);

        assertThat(problem(order).isEmpty()).isEqualTo(drift == 0);
    }

    /** Neither is it given back, nor is anything compared: the next time is soon. */
    @ParameterizedTest
    @ValueSource(strings = {"one", "two"})
    void whatCannotBeAskedAboutIsCountedAsNothing(String provider) {
        var order = STAND.credited(tenant, provider, "8");
        daysAgo(order, 1);
        var before = sweep(provider);
        STAND.platform().giveBack(STAND.there(order), "by-hand-" + tenant, "8");
        STAND.platform().set(Trap.ORDERS_UNTOLD);

        assertThat(sweep(provider)).isEqualTo(before);

        assertThat(problem(order)).isEmpty();
        assertThat(
                        STAND.admin()
                                .queryForObject(
                                        "SELECT ended_at IS NULL FROM billing.payment_sweep"
                                                + " WHERE provider = ?",
                                        Boolean.class,
                                        provider))
                .as("not at its end")
                .isTrue();
    }

    /** What a person noted as given back is expected to be gone there. */
    @Test
    void whatWentBackOutOfSuspenseIsNoDrift() {
        var less = STAND.order(tenant, "two", "30");
        STAND.platform().payOnly(STAND.there(less).tradeNo(), "10");
        STAND.reconcile();
        daysAgo(less, 1);
        var before = sweep("two");
        var item =
                STAND.admin()
                        .queryForObject(
                                "SELECT suspense_id FROM billing.payment_suspense"
                                        + " WHERE order_id = ?",
                                Long.class,
                                STAND.id(less));
        var returned =
                STAND.billing()
                        .post(
                                "/api/v1/suspense/" + item + "/return",
                                null,
                                "{\"reason\":\"given back\"}");
        assertThat(returned.statusCode()).as(returned.body()).isEqualTo(200);

        STAND.platform().giveBack(STAND.there(less), "by-hand-" + tenant, "10");

        assertThat(sweep("two")).isEqualTo(before);
    }
}
