package io.apihub.billing.plan;

import static io.apihub.billing.plan.PlanStand.made;
import static io.apihub.billing.plan.PlanStand.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans that are paid by an order: nothing else is bought than what was ordered, nor for more. */
class PlanOrdersIT {

    private static final PlanStand STAND = SharedPlans.STAND;

    private final Instant start = STAND.restart();
    private final UUID tenant = STAND.tenant("100");

    @AfterEach
    void sound() {
        STAND.checkSound();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String slug) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(RunningBilling.json(answer).get("type").asString()).endsWith(":" + slug);
    }

    private static HttpResponse<String> refund(String order) {
        return STAND.post("/api/v1/orders/" + order + "/refunds", null, "{\"reason\": \"a test\"}");
    }

    private Instant periodEnd() {
        return Instant.parse(STAND.subscription(tenant).get("periodEndsAt").asString());
    }

    private void assertRefused(String order, String slug, String balance) {
        assertThat(STAND.orderState(order)).isEqualTo("REFUSED");
        var list = STAND.billing().get(path(tenant) + "/orders").body();
        assertThat(list).contains(slug + ": ");
        assertThat(STAND.balance(tenant)).as("what was paid is there").isEqualTo(balance);
    }

    @Test
    void anOrderBuysThePlanWhenItIsPaidAndASecondOneIsCredit() {
        var none = STAND.tenant("0");
        var first = STAND.order(none, "BUY", "basic");
        var second = STAND.order(none, "BUY", "pro");

        assertThat(STAND.pay(first).statusCode()).isEqualTo(200);
        assertThat(STAND.pay(second).statusCode()).isEqualTo(200);

        assertThat(STAND.orderState(first)).isEqualTo("DONE");
        assertThat(STAND.orderState(second)).isEqualTo("REFUSED");
        assertThat(STAND.balance(none)).as("10 came with it, 60 are not spent").isEqualTo("70");
        assertThat(STAND.subscription(none).at("/plan/name").asString()).isEqualTo("basic");
        var list = RunningBilling.json(STAND.billing().get(path(none) + "/orders")).get("items");
        assertThat(list).hasSize(2);
        assertThat(list.toString()).containsOnlyOnce("already-subscribed: ");
        assertProblem(refund(first), 409, "not-refundable");
    }

    /** Less than it costs is credit, more buys it; either way the order waits no more. */
    @ParameterizedTest
    @CsvSource({"10, REFUSED, 110", "40, DONE, 120"})
    void whatWasPaidAsAnotherAmountIsForThePlanWhenItIsCredited(
            String paid, String state, String balance) {
        var order = STAND.order(tenant, "BUY", "basic");
        var number = STAND.bring(order);
        STAND.platform().set(Trap.LOSE_NOTIFY);
        STAND.platform().payOnly(number, paid);
        STAND.platform().clear(Trap.LOSE_NOTIFY);
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET next_poll_at = now()"
                                + " WHERE order_id = ?::uuid",
                        order);
        Poll.until(Duration.ofSeconds(60), () -> !suspense(order).isEmpty());
        assertThat(STAND.orderState(order)).isEqualTo("WAITING");
        var path = "/api/v1/suspense/" + suspense(order).getFirst() + "/credit";

        var answer = STAND.post(path, null, "{\"reason\": \"a test\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(STAND.orderState(order)).isEqualTo(state);
        assertThat(STAND.balance(tenant)).isEqualTo(balance);
        assertThat(
                        STAND.admin()
                                .queryForList(
                                        "SELECT data ->> 'credit' FROM billing.notice"
                                                + " WHERE tenant_id = ? AND kind = 'payment-credited'",
                                        String.class,
                                        tenant))
                .containsExactly(paid);
    }

    private static List<Long> suspense(String order) {
        return STAND.admin()
                .query(
                        "SELECT suspense_id FROM billing.payment_suspense"
                                + " WHERE order_id = ?::uuid",
                        (row, number) -> row.getLong(1),
                        order);
    }

    @Test
    void anOrderForLittleIsTheLeastThatTheProviderTakes() {
        made(STAND.buy(tenant, "basic", true));
        var end = periodEnd();
        STAND.timeIs(end.minus(Duration.between(start, end).dividedBy(30)));
        var order = STAND.order(tenant, "CHANGE", "pro");

        STAND.pay(order);

        assertThat(STAND.orderState(order)).isEqualTo("DONE");
        assertThat(STAND.balance(tenant)).as("80 + 20 - 1 + 1").isEqualTo("100");
    }

    @Test
    void whatPaidForAPlanDoesNotGoBackOutOfTheCreditThatCameWithIt() {
        var none = STAND.tenant("0");
        STAND.plan("generous", "60", "70", "pro");
        var order = STAND.order(none, "BUY", "generous");

        STAND.payThere(order);

        assertThat(STAND.orderState(order)).isEqualTo("DONE");
        assertThat(STAND.balance(none)).as("all of it came with the plan").isEqualTo("70");
        assertProblem(refund(order), 409, "not-covered");
        assertThat(STAND.balance(none)).isEqualTo("70");
        var grants = "/api/v1/tenants/" + none + "/grants";
        made(STAND.post(grants, PlanStand.key(), PlanStand.amount("60")));
        assertThat(refund(order).statusCode()).isEqualTo(200);
        assertThat(STAND.balance(none)).isEqualTo("70");
    }

    @Test
    void anUpgradeThatIsPaidInTheNextPeriodIsNotBought() {
        made(STAND.buy(tenant, "basic", true));
        var end = periodEnd();
        STAND.timeIs(end.minus(Duration.between(start, end).dividedBy(30)));
        var order = STAND.order(tenant, "CHANGE", "pro");
        STAND.timeIs(end);
        STAND.work();
        assertThat(STAND.balance(tenant)).as("100 - 30 + 10 - 30 + 10").isEqualTo("60");

        STAND.pay(order);

        assertRefused(order, "changed-since", "80");
        assertThat(STAND.subscription(tenant).at("/plan/name").asString()).isEqualTo("basic");
    }

    @Test
    void aRenewalThatIsPaidAfterThePeriodRenewedItselfPaysForNoOther() {
        made(STAND.buy(tenant, "basic", true));
        var order = STAND.order(tenant, "RENEW", "");
        STAND.timeIs(periodEnd());
        STAND.work();

        STAND.pay(order);

        assertRefused(order, "changed-since", "90");
        assertThat(STAND.subscription(tenant).get("paidAhead").asBoolean()).isFalse();
    }

    @Test
    void aRenewalOfAnotherPlanThanWasOrderedIsNotBought() {
        made(STAND.buy(tenant, "pro", true));
        var order = STAND.order(tenant, "RENEW", "");
        made(STAND.change(tenant, "basic"));

        STAND.pay(order);

        assertRefused(order, "changed-since", "140");
        assertThat(STAND.subscription(tenant).at("/nextRenewal/plan").asString())
                .isEqualTo("basic");
    }

    @Test
    void anUpgradeThatHasBecomeAChoiceForLaterIsNotTakenForBought() {
        made(STAND.buy(tenant, "basic", false));
        STAND.timeIs(periodEnd().minus(Duration.ofDays(1)));
        var order = STAND.order(tenant, "CHANGE", "pro");
        STAND.timeIs(periodEnd());
        STAND.work();
        assertThat(STAND.subscription(tenant).get("state").asString()).isEqualTo("GRACE");

        STAND.pay(order);

        assertRefused(order, "changed-since", "100");
    }

    @Test
    void anUpgradeThatCostsMoreThanWhenItWasOrderedIsNotBought() {
        made(STAND.buy(tenant, "basic", false));
        STAND.timeIs(periodEnd().minus(Duration.ofDays(1)));
        var order = STAND.order(tenant, "CHANGE", "pro");
        made(STAND.renew(tenant));

        STAND.pay(order);

        assertRefused(order, "dearer-since", "70");
    }

    @Test
    void aTenantHasAsManyOpenOrdersAsItMay() {
        for (int i = 0; i < 20; i++) {
            STAND.order(tenant, "BUY", "basic");
        }

        var refused =
                STAND.post(
                        path(tenant) + "/orders",
                        PlanStand.key(),
                        "{\"action\": \"BUY\", \"plan\": \"basic\", \"provider\": \"one\","
                                + " \"type\": \"alipay\"}");

        assertProblem(refused, 409, "too-many-open-orders");
    }

    @Test
    void aRenewalThatIsPaidInItsGraceIsTheOneThatWasOrdered() {
        made(STAND.buy(tenant, "basic", false));
        var order = STAND.order(tenant, "RENEW", "");
        STAND.timeIs(periodEnd());
        STAND.work();

        STAND.pay(order);

        assertThat(STAND.orderState(order)).isEqualTo("DONE");
        assertThat(STAND.subscription(tenant).get("periodNumber").asInt()).isEqualTo(2);
    }
}
