package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.Want;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Money back: the credit first, then the platform, and what it did is found out by asking. */
class RefundIT {

    private static final PayStand STAND = PayStand.shared();

    private final String tenant = STAND.freshTenant();

    @BeforeEach
    void notices() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
    }

    @AfterEach
    void noTraps() {
        STAND.platform().clearTraps();
    }

    @AfterAll
    static void sound() {
        STAND.checkSound();
    }

    private JsonNode credited(String provider, String amount) {
        return STAND.credited(tenant, provider, amount);
    }

    private static HttpResponse<String> refund(JsonNode order) {
        return STAND.billing()
                .post(
                        "/api/v1/orders/" + STAND.id(order) + "/refunds",
                        null,
                        "{\"reason\":\"the customer asked\"}");
    }

    @ParameterizedTest
    @CsvSource({"one,", "two,", "one,REFUND_CODE_ONE", "one,REFUND_SILENT", "two,REFUND_SILENT"})
    void moneyGoesBackOnceAndTheBonusToo(String provider, Trap trap) {
        var order = credited(provider, "100");
        assertThat(STAND.balance(tenant)).isEqualTo("110");
        if (trap != null) {
            STAND.platform().set(trap);
        }

        assertThat(refund(order).statusCode()).isEqualTo(200);

        assertThat(STAND.audited(order)).contains("order.refunded");
        assertThat(STAND.balance(tenant)).as("taken before anybody is told").isEqualTo("0");
        assertThat(STAND.there(order).status()).isEqualTo(1);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
        assertThat(STAND.there(order).status()).isEqualTo(2);
        assertThat(STAND.balance(tenant)).isEqualTo("0");
        assertThat(refund(order).statusCode()).isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DOWN", "HTML_ANSWERS", "REFUND_FORGOTTEN"})
    void whatThePlatformHasNotDoneIsNotTakenForDone(Trap trap) {
        var order = credited("two", "10");
        refund(order);
        STAND.platform().set(trap);

        STAND.reconcile();
        STAND.reconcile();

        assertThat(STAND.state(order)).isEqualTo("REFUNDING");
        assertThat(STAND.balance(tenant)).isEqualTo("0");
        STAND.platform().clear(trap);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
    }

    @Test
    void whatThePlatformRefusesIsTheTenantsAgain() {
        var order = credited("one", "100");
        STAND.platform().set(Trap.REFUND_REFUSED);
        refund(order);

        for (int i = 0; i < 4; i++) {
            STAND.reconcile();
        }

        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(STAND.balance(tenant)).isEqualTo("110");
        STAND.platform().clear(Trap.REFUND_REFUSED);
        assertThat(refund(order).statusCode()).as("may be tried again").isEqualTo(200);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
    }

    @Test
    void whatIsSpentIsNotGivenBack() {
        var order = credited("one", "10");
        STAND.admin()
                .update(
                        "UPDATE billing.account SET leased_micros = 1 WHERE tenant_id = ?::uuid",
                        order.get("tenantId").asString());
        try {
            var answer = refund(order);

            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(RunningBilling.json(answer).get("type").asString()).endsWith("not-covered");
            assertThat(STAND.state(order)).isEqualTo("CREDITED");
            assertThat(STAND.balance(tenant)).isEqualTo("10");
        } finally {
            STAND.admin()
                    .update(
                            "UPDATE billing.account SET leased_micros = 0 WHERE tenant_id = ?::uuid",
                            order.get("tenantId").asString());
        }
    }

    /** Gateways hold what they may need; they are asked to bring it back. */
    @Test
    void whatIsLeasedIsCalledBackForARefund() {
        var order = credited("two", "10");
        var gateway = UUID.randomUUID();
        var store = STAND.billing().get(CreditStore.class);
        store.hello(gateway, "gateway-" + gateway);
        var account = new Want.OfAccount(UUID.fromString(order.get("tenantId").asString()));
        var ask =
                new Ask(
                        new Lease.Request(gateway, 1),
                        List.of(new Want(account, 4_000_000, 4_000_000)));
        var leases = STAND.billing().get(Leases.class);
        var lease =
                ((Answer.Granted) leases.grant(List.of(ask)).getFirst()).parts().getFirst().lease();
        assertThat(store.recalled(gateway)).isEmpty();

        assertThat(refund(order).body()).contains("not-covered");

        assertThat(store.recalled(gateway)).containsExactly(lease);
        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        leases.giveBack(List.of(new Leases.GivenBack(lease, 4_000_000, true, 0)));
        assertThat(refund(order).statusCode()).isEqualTo(200);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
        assertThat(STAND.balance(tenant)).isEqualTo("0");
    }

    @Test
    void whatNobodyPaidIsNotGivenBack() {
        var order = STAND.order(tenant, "one", "10");

        assertThat(refund(order).statusCode()).isEqualTo(409);
        assertThat(STAND.state(order)).isEqualTo("PENDING");
    }

    private static HttpResponse<String> part(JsonNode order, String amount) {
        return part(order, amount, UUID.randomUUID().toString());
    }

    private static HttpResponse<String> part(JsonNode order, String amount, String key) {
        return STAND.billing()
                .post(
                        "/api/v1/orders/" + STAND.id(order) + "/refunds",
                        key,
                        "{\"amount\":\"%s\",\"reason\":\"a part\"}".formatted(amount));
    }

    private static String lastRefund(JsonNode order) {
        return STAND.admin()
                .queryForList(
                        "SELECT state || ' ' || pay_amount FROM billing.payment_refund"
                                + " WHERE order_id = ? ORDER BY created_at DESC LIMIT 1",
                        String.class,
                        STAND.id(order))
                .toString();
    }

    @ParameterizedTest
    @CsvSource({"two,", "one,REFUND_AMOUNT_TOLD", "two,REFUND_SILENT"})
    void partsGoBackOneByOneAndNeverMoreThanWasPaid(String provider, Trap trap) {
        var order = credited(provider, "100");
        if (trap != null) {
            STAND.platform().set(trap);
        }

        assertThat(part(order, "30").statusCode()).isEqualTo(200);
        assertThat(STAND.balance(tenant)).as("with its share of the bonus").isEqualTo("77");
        assertThat(part(order, "1").body()).contains("refund-under-way");
        STAND.reconcile();

        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(STAND.there(order).returned()).isEqualByComparingTo("30");
        var more = part(order, "70.01");
        assertThat(more.statusCode()).isEqualTo(400);
        assertThat(more.body()).contains("0.01 to 70.00 CNY");
        assertThat(part(order, "69.99").statusCode()).isEqualTo(200);
        STAND.reconcile();
        assertThat(STAND.balance(tenant)).isEqualTo("0.011");
        assertThat(refund(order).statusCode()).as("the rest").isEqualTo(200);
        STAND.reconcile();

        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
        assertThat(STAND.there(order).returned()).isEqualByComparingTo("100");
        assertThat(STAND.balance(tenant)).isEqualTo("0");
        assertThat(part(order, "0.01").statusCode()).isEqualTo(409);
    }

    @Test
    void aPartIsNotAskedForWhereNobodyCouldTellWhatCameOfIt() {
        var order = credited("one", "100");

        part(order, "30");
        STAND.reconcile();

        assertThat(lastRefund(order)).isEqualTo("[RETURNED 30.00]");
        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(STAND.balance(tenant)).isEqualTo("110");
        assertThat(STAND.there(order).returned()).isZero();
        assertThat(refund(order).statusCode()).as("all of it").isEqualTo(200);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
    }

    @Test
    void aPartThatMayBeUnderWayIsNotAskedForAgainAtOnce() {
        STAND.platform().set(Trap.REFUND_AMOUNT_TOLD);
        STAND.platform().set(Trap.REFUND_FORGOTTEN);
        var order = credited("one", "100");
        part(order, "30");
        STAND.reconcile();
        STAND.platform().clear(Trap.REFUND_FORGOTTEN);

        STAND.reconcile();

        assertThat(lastRefund(order)).isEqualTo("[SENT 30.00]");
        assertThat(STAND.there(order).returned()).isZero();
        for (int i = 0; i < 6; i++) {
            STAND.reconcile();
        }
        assertThat(lastRefund(order)).isEqualTo("[DONE 30.00]");
        assertThat(STAND.there(order).returned()).isEqualByComparingTo("30");
    }

    @Test
    void aRefusedPartIsTheTenantsAgainAndMayBeTriedAgain() {
        var order = credited("two", "100");
        part(order, "40");
        STAND.reconcile();
        STAND.platform().set(Trap.REFUND_REFUSED);

        part(order, "10");
        for (int i = 0; i < 4; i++) {
            STAND.reconcile();
        }

        assertThat(lastRefund(order)).isEqualTo("[RETURNED 10.00]");
        assertThat(STAND.balance(tenant)).isEqualTo("66");
        STAND.platform().clear(Trap.REFUND_REFUSED);
        assertThat(part(order, "60").statusCode()).isEqualTo(200);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
        assertThat(STAND.balance(tenant)).isEqualTo("0");
    }

    @Test
    void partsInAnotherCurrencyTakeAllOfTheCreditInTheEnd() {
        var order = credited("usd", "10");

        for (var amount : List.of("0.47", "0.47", "0.47")) {
            assertThat(part(order, amount).statusCode()).isEqualTo(200);
            STAND.reconcile();
        }

        assertThat(STAND.state(order)).isEqualTo("REFUNDED");
        assertThat(STAND.balance(tenant)).isEqualTo("0");
    }

    @Test
    void aRepeatWithItsKeyGivesNothingBackAgain() {
        var order = credited("two", "50");
        var key = UUID.randomUUID().toString();

        assertThat(part(order, "10", key).statusCode()).isEqualTo(200);
        STAND.reconcile();
        var again = part(order, "10", key);
        var without =
                STAND.billing()
                        .post(
                                "/api/v1/orders/" + STAND.id(order) + "/refunds",
                                null,
                                "{\"amount\":\"10\",\"reason\":\"x\"}");

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(without.statusCode()).isEqualTo(400);
        STAND.reconcile();
        assertThat(STAND.there(order).returned()).isEqualByComparingTo("10");
        assertThat(STAND.balance(tenant)).isEqualTo("40");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1e1", "0.001", "１", "", "51", "01"})
    void anAmountInAnotherFormIsRefusedWithTheAllowedOne(String amount) {
        var order = credited("two", "50");

        var answer = part(order, amount);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(RunningBilling.json(answer).get("field").asString()).isEqualTo("amount");
        assertThat(answer.body()).contains("0.01 to 50.00 CNY");
    }
}
