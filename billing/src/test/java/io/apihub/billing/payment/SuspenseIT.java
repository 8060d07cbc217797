package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.payment.Crediting.Outcome;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Money that was credited to nobody, and what administrators decide of it, once. */
class SuspenseIT {

    private static final PayStand STAND = PayStand.shared();
    private static final String WHY = "{\"reason\":\"the payer called\"}";

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

    private JsonNode paidTwice(String amount) {
        STAND.platform().set(Trap.PAY_TWICE);
        var order = STAND.order(tenant, "one", amount);
        for (int i = 0; i < 2; i++) {
            var notice = STAND.platform().notice(STAND.pay(order));
            assertThat(STAND.notify("one", notice).body()).isEqualTo("success");
        }
        STAND.platform().clear(Trap.PAY_TWICE);
        return order;
    }

    private JsonNode paidOther(String provider, String amount, String paid) {
        var order = STAND.order(tenant, provider, amount);
        STAND.platform().payOnly(STAND.there(order).tradeNo(), paid);
        STAND.reconcile();
        return order;
    }

    /** The one in suspense of an order, which billing's own worker may be bringing there. */
    private static JsonNode item(JsonNode order) {
        Poll.until(Duration.ofMinutes(1), () -> itemOf(order).isPresent());
        return itemOf(order).orElseThrow();
    }

    private static Optional<JsonNode> itemOf(JsonNode order) {
        var page =
                RunningBilling.json(STAND.billing().get("/api/v1/suspense?open=false&limit=500"));
        for (var item : page.get("items")) {
            if (item.get("orderId").asString().equals(STAND.id(order).toString())) {
                return Optional.of(item);
            }
        }
        return Optional.empty();
    }

    private static HttpResponse<String> decide(JsonNode item, String what, String body) {
        return STAND.billing()
                .post("/api/v1/suspense/" + item.get("id").asString() + "/" + what, null, body);
    }

    private static String problem(JsonNode order) {
        return RunningBilling.json(STAND.billing().get("/api/v1/orders/" + STAND.id(order)))
                .get("problem")
                .asString();
    }

    private static long suspense() {
        return Objects.requireNonNull(
                STAND.admin()
                        .queryForObject(
                                "SELECT coalesce(sum(amount_micros), 0) FROM billing.ledger_entry"
                                        + " JOIN billing.account USING (account_id)"
                                        + " WHERE platform_name = 'suspense'",
                                Long.class));
    }

    @Test
    void aSecondPaymentIsCreditedByAPersonOnceAndIsNoProblemAnyMore() {
        var order = paidTwice("100");
        var item = item(order);
        var inSuspense = suspense();
        assertThat(item.get("state").asString()).isEqualTo("OPEN");
        assertThat(item.get("why").asString()).isEqualTo("paid twice");
        assertThat(item.get("amount").asString()).isEqualTo("100");

        var answer = decide(item, "credit", WHY);
        var again = decide(item, "credit", WHY);
        var other = decide(item, "return", WHY);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(RunningBilling.json(answer).get("state").asString()).isEqualTo("CREDITED");
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("decided-already");
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(STAND.balance(tenant)).as("the bonus is for the first").isEqualTo("210");
        assertThat(suspense()).isEqualTo(inSuspense - 100_000_000);
        assertThat(problem(order)).isEmpty();
        assertThat(audited(order)).containsExactly("suspense.credited");
    }

    private static List<String> audited(JsonNode order) {
        return STAND.admin()
                .query(
                        "SELECT action FROM billing.audit WHERE subject = ?"
                                + " AND action LIKE 'suspense.%'",
                        (row, number) -> row.getString("action"), "order/" + STAND.id(order));
    }

    @Test
    void anotherTenantMayHaveIt() {
        var other = STAND.tenant();
        var item = item(paidTwice("20"));

        var unknown = decide(item, "credit", "{\"tenant\":\"nobody-at-all\",\"reason\":\"x\"}");
        var answer = decide(item, "credit", "{\"tenant\":\"" + other + "\",\"reason\":\"x\"}");

        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(STAND.balance(other)).isEqualTo("20");
        assertThat(STAND.balance(tenant)).isEqualTo("20");
    }

    @ParameterizedTest
    @CsvSource({
        "one,100,50,50",
        "two,10,0.01,0.01",
        "two,10,12.34,12.34",
        // 1.41 was asked for 10: 1 is worth 10 x 1 / 1.41.
        "usd,10,1,7.092198"
    })
    void anotherAmountIsWorthItsShareAndGoesBackToThePayer(
            String provider, String amount, String paid, String worth) {
        var order = paidOther(provider, amount, paid);
        var item = item(order);
        var inSuspense = suspense();
        assertThat(item.get("amount").asString()).isEqualTo(worth);
        assertThat(problem(order))
                .startsWith("paid " + new BigDecimal(paid).setScale(2) + ", not ");

        var answer = decide(item, "return", WHY);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(RunningBilling.json(answer).get("state").asString()).isEqualTo("RETURNED");
        assertThat(audited(order)).containsExactly("suspense.returned");
        assertThat(suspense())
                .isEqualTo(inSuspense - Long.parseLong(item.get("amountMicros").asString()));
        assertThat(STAND.balance(tenant)).isEqualTo("0");
        assertThat(problem(order)).isEmpty();
        STAND.reconcile();
        assertThat(problem(order)).as("polling finds nothing new").isEmpty();
    }

    /** What the platform says of a payment. */
    private static Outcome told(JsonNode order, String tradeNo, String paid) {
        var money = new Incoming(STAND.id(order), "one", tradeNo, new BigDecimal(paid));
        var outcomes =
                STAND.billing()
                        .get(TransactionTemplate.class)
                        .execute(status ->
                                STAND.billing().get(Crediting.class).take(List.of(money)));
        // Before the time that sweeps compare: the platform's own list has nothing of it.
        STAND.admin()
                .update(
                        "UPDATE billing.payment SET created_at = now() - interval '3 days'"
                                + " WHERE order_id = ?",
                        STAND.id(order));
        return Objects.requireNonNull(outcomes).getFirst();
    }

    @Test
    void whatIsPaidInFullAfterAPartIsForAPersonToDecide() {
        var order = STAND.order(tenant, "one", "100");
        var number = "part-" + tenant;
        assertThat(told(order, number, "50")).isEqualTo(Outcome.SUSPENSE);
        assertThat(told(order, number, "50")).isEqualTo(Outcome.REPEATED);

        assertThat(told(order, number, "100")).isEqualTo(Outcome.CONFLICT);

        assertThat(problem(order)).isEqualTo("paid in full now, after a part: " + number);
        assertThat(STAND.balance(tenant)).isEqualTo("0");
        decide(item(order), "return", WHY);
        STAND.billing().post("/api/v1/orders/" + STAND.id(order) + "/credit", null, WHY);
        assertThat(told(order, number, "100")).isEqualTo(Outcome.REPEATED);
        assertThat(STAND.balance(tenant)).isEqualTo("110");
        assertThat(problem(order)).isEmpty();
    }

    @Test
    void whatIsInSuspenseIsAProblemUntilItIsDecidedThoughTheOrderIsPaid() {
        var order = STAND.order(tenant, "one", "100");
        told(order, "part-" + tenant, "50");

        assertThat(told(order, "whole-" + tenant, "100")).isEqualTo(Outcome.CREDITED);

        assertThat(problem(order)).startsWith("paid 50");
        decide(item(order), "credit", WHY);
        assertThat(problem(order)).isEmpty();
        assertThat(STAND.balance(tenant)).isEqualTo("160");
    }

    @RepeatedTest(3)
    void decisionsAtOnceAreOne() throws Exception {
        var item = item(paidTwice("7"));
        List<Callable<Integer>> all =
                List.of(
                        () -> decide(item, "credit", WHY).statusCode(),
                        () -> decide(item, "return", WHY).statusCode(),
                        () -> decide(item, "credit", WHY).statusCode());

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers =
                    threads.invokeAll(all).stream().map(answer -> answer.resultNow()).toList();

            assertThat(answers).containsExactlyInAnyOrder(200, 409, 409);
        }
        assertThat(STAND.balance(tenant)).isIn("7", "14");
    }

    @Test
    void whoDecidesSaysWhyAndOfWhat() {
        var item = item(paidTwice("3"));

        assertThat(decide(item, "credit", "{\"reason\":\" \"}").body()).contains("\"reason\"");
        assertThat(decide(item, "return", "{}").statusCode()).isEqualTo(400);
        assertThat(STAND.billing().post("/api/v1/suspense/999999/return", null, WHY).statusCode())
                .isEqualTo(404);
        assertThat(item(paidTwice("4")).get("state").asString()).isEqualTo("OPEN");
    }
}
