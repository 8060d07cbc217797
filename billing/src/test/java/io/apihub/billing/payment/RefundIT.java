package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import java.net.http.HttpResponse;
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

    private final String tenant = STAND.tenant();

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
        var order = STAND.order(tenant, provider, amount);
        STAND.pay(order);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        return order;
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

    @Test
    void whatNobodyPaidIsNotGivenBack() {
        var order = STAND.order(tenant, "one", "10");

        assertThat(refund(order).statusCode()).isEqualTo(409);
        assertThat(STAND.state(order)).isEqualTo("PENDING");
    }
}
