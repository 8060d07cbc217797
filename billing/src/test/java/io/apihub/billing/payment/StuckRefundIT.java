package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Refunds at platforms that are away, change their mind or are gone. */
class StuckRefundIT {

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

    private static String path(JsonNode order) {
        return "/api/v1/orders/" + STAND.id(order) + "/refunds";
    }

    private static void refund(JsonNode order) {
        var answer = STAND.billing().post(path(order), null, "{\"reason\":\"the customer asked\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static JsonNode detail(JsonNode order) {
        return RunningBilling.json(STAND.billing().get("/api/v1/orders/" + STAND.id(order)));
    }

    @Test
    void outagesAreNoRefusals() {
        var order = credited("one", "100");
        refund(order);
        STAND.platform().set(Trap.REFUND_REFUSED);
        STAND.platform().set(Trap.REFUND_SILENT);
        for (int i = 0; i < 4; i++) {
            STAND.reconcile();
        }
        STAND.platform().clear(Trap.REFUND_SILENT);

        STAND.reconcile();

        assertThat(STAND.state(order)).as("refused once").isEqualTo("REFUNDING");
        STAND.reconcile();
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("CREDITED");
    }

    @Test
    void whatThePlatformGivesBackAfterAllIsSeen() {
        var order = credited("two", "30");
        STAND.platform().set(Trap.REFUND_REFUSED);
        refund(order);
        for (int i = 0; i < 3; i++) {
            STAND.reconcile();
        }
        assertThat(detail(order).at("/refunds/0/state").asString()).isEqualTo("RETURNED");
        assertThat(problem(order)).isEmpty();

        STAND.platform().giveBack(STAND.there(order), refundId(order).replace("-", ""), "30");
        STAND.reconcile();

        assertThat(problem(order)).contains("gave it back after all: 30.00");
        assertThat(STAND.balance(tenant)).as("a person decides").isEqualTo("30");
    }

    private static String problem(JsonNode order) {
        return detail(order).get("problem").asString();
    }

    private static String refundId(JsonNode order) {
        return detail(order).at("/refunds/0/id").asString();
    }

    private static HttpResponse<String> end(JsonNode order, String refund, String body) {
        return STAND.billing().post(path(order) + "/" + refund + "/end", null, body);
    }

    @ParameterizedTest
    @CsvSource({"true,REFUNDED,0", "false,CREDITED,40"})
    void aPersonEndsWhatThePlatformDoesNot(boolean paid, String state, String balance) {
        var order = credited("two", "40");
        refund(order);
        STAND.platform().set(Trap.REFUND_FORGOTTEN);
        STAND.reconcile();
        var refund = refundId(order);
        var body = "{\"paid\": %s, \"reason\": \"bank statement 7\"}".formatted(paid);
        assertThat(end(order, refund, "{\"reason\": \"x\"}").statusCode()).isEqualTo(400);
        assertThat(end(order, UUID.randomUUID().toString(), body).statusCode()).isEqualTo(404);

        var ended = end(order, refund, body);

        assertThat(ended.statusCode()).as(ended.body()).isEqualTo(200);
        assertThat(STAND.state(order)).isEqualTo(state);
        assertThat(STAND.balance(tenant)).isEqualTo(balance);
        assertThat(ended.body()).contains("bank statement 7");
        assertThat(STAND.audited(order)).contains("order.refund-ended");
        assertThat(end(order, refund, body).body()).contains("ended-already");
        STAND.platform().clear(Trap.REFUND_FORGOTTEN);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo(state);
        assertThat(STAND.there(order).returned()).as("nobody asks any more").isZero();
    }

    @Test
    void aRefundOfAProviderThatIsNotConfiguredAnyMoreWaitsForAPerson() {
        var order = credited("two", "40");
        refund(order);
        provider(order, "gone");
        try {
            STAND.reconcile();

            assertThat(STAND.state(order)).isEqualTo("REFUNDING");
            assertThat(problem(order)).contains("not configured any more");
            var ended =
                    end(order, refundId(order), "{\"paid\": false, \"reason\": \"it is gone\"}");
            assertThat(ended.statusCode()).as(ended.body()).isEqualTo(200);
            assertThat(problem(order)).isEmpty();
            assertThat(STAND.balance(tenant)).isEqualTo("40");
        } finally {
            provider(order, "two");
        }
    }

    private static void provider(JsonNode order, String name) {
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET provider = ? WHERE order_id = ?",
                        name,
                        STAND.id(order));
    }

    @Test
    void aPartThatNobodyAskedForIsTakenBackAlsoAfterAnOutage() {
        var order = credited("one", "100");
        STAND.billing()
                .post(path(order), "part-" + tenant, "{\"amount\":\"30\",\"reason\":\"a part\"}");
        STAND.platform().set(Trap.DOWN);
        STAND.reconcile();
        STAND.platform().clear(Trap.DOWN);

        STAND.reconcile();

        assertThat(detail(order).at("/refunds/0/state").asString()).isEqualTo("RETURNED");
        assertThat(STAND.balance(tenant)).isEqualTo("110");
    }
}
