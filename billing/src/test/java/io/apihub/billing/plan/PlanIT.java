package io.apihub.billing.plan;

import static io.apihub.billing.plan.PlanStand.made;
import static io.apihub.billing.plan.PlanStand.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.RunningBilling;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The life of plans over REST, as time goes by. */
class PlanIT {

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

    private static Instant time(JsonNode subscription, String field) {
        return Instant.parse(subscription.get(field).asString());
    }

    private Instant periodEnd() {
        return time(STAND.subscription(tenant), "periodEndsAt");
    }

    private void assertState(String state, int period, String plan) {
        var now = STAND.subscription(tenant);
        assertThat(now.get("state").asString()).isEqualTo(state);
        assertThat(now.get("periodNumber").asInt()).isEqualTo(period);
        assertThat(now.at("/plan/name").asString()).isEqualTo(plan);
    }

    @Test
    void whoBuysAPlanPaysOnceAndGetsItsCreditAndItsTemplate() {
        var key = PlanStand.key();
        var body = "{\"plan\": \"basic\"}";

        var bought = made(STAND.post(path(tenant), key, body));
        var again = STAND.post(path(tenant), key, body);

        assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(time(bought, "periodStartsAt")).isEqualTo(start);
        assertThat(periodEnd()).isEqualTo(Period.MONTH.after(start, 1));
        assertThat(bought.at("/nextRenewal/price").asString()).isEqualTo("30");
        assertThat(STAND.balance(tenant)).isEqualTo("80");
        var gift =
                RunningBilling.json(
                                STAND.billing()
                                        .get("/api/v1/tenants/" + tenant + "/expiring-credit"))
                        .at("/items/0");
        assertThat(gift.get("remaining").asString()).isEqualTo("10");
        assertThat(time(gift, "expiresAt")).isEqualTo(periodEnd());
        assertThat(bought.get("applied").asBoolean()).isFalse();
        STAND.work();
        assertThat(STAND.tenants().of(tenant)).isEqualTo("basic");
        assertThat(STAND.subscription(tenant).get("applied").asBoolean()).isTrue();
        assertProblem(STAND.buy(tenant, "pro", true), 409, "already-subscribed");
        assertThat(STAND.history(tenant)).containsExactly("BOUGHT");
    }

    @Test
    void neitherExpiringCreditNorTooLittlePaysForAPlan() {
        var poor = STAND.tenant("29.999999");
        var path = "/api/v1/tenants/" + poor + "/grants";
        made(
                STAND.post(
                        path,
                        PlanStand.key(),
                        "{\"amount\": \"50\", \"reason\": \"trial\", \"expiresAt\": \""
                                + start.plus(Duration.ofDays(90))
                                + "\"}"));

        assertProblem(STAND.buy(poor, "basic", true), 409, "not-covered");

        assertThat(STAND.balance(poor)).isEqualTo("79.999999");
        made(STAND.post(path, PlanStand.key(), PlanStand.amount("0.000001")));
        made(STAND.buy(poor, "basic", true));
        assertThat(STAND.balance(poor)).isEqualTo("60");
    }

    @Test
    void aPlanRenewsItselfWhileTheBalanceLastsAndLapsesAfterItsGrace() {
        made(STAND.buy(tenant, "basic", true));
        STAND.timeIs(Period.MONTH.after(start, 1).minusMillis(1));
        STAND.work();
        assertState("ACTIVE", 1, "basic");
        for (int period = 1; period < 3; period++) {
            STAND.timeIs(Period.MONTH.after(start, period));
            STAND.work();
            assertState("ACTIVE", period + 1, "basic");
        }
        assertThat(STAND.balance(tenant)).isEqualTo("40");
        STAND.timeIs(Period.MONTH.after(start, 3));
        STAND.work();
        assertState("GRACE", 3, "basic");
        assertThat(STAND.balance(tenant)).as("what is left is of the gifts").isEqualTo("40");
        assertThat(time(STAND.subscription(tenant), "graceEndsAt"))
                .isEqualTo(Period.MONTH.after(start, 3).plus(Duration.ofDays(3)));
        assertThat(STAND.tenants().of(tenant)).isEqualTo("basic");

        STAND.timeIs(Period.MONTH.after(start, 3).plus(Duration.ofDays(3)));
        STAND.work();

        assertState("ENDED", 3, "basic");
        assertThat(STAND.subscription(tenant).get("endReason").asString()).isEqualTo("not-paid");
        assertThat(STAND.tenants().of(tenant)).isEqualTo("registration");
        assertThat(STAND.history(tenant))
                .containsExactly("BOUGHT", "RENEWED", "RENEWED", "OVERDUE", "ENDED");
    }

    @Test
    void whatIsPaidAheadBeginsWhenItsTimeHasComeAndLateWhereTheLastOneEnded() {
        made(STAND.buy(tenant, "basic", false));
        var paid = made(STAND.renew(tenant));
        assertThat(paid.get("paidAhead").asBoolean()).isTrue();
        assertThat(STAND.balance(tenant)).isEqualTo("50");
        assertProblem(STAND.renew(tenant), 409, "already-renewed");
        var second = Period.MONTH.after(start, 1);
        STAND.timeIs(second);
        STAND.work();
        assertState("ACTIVE", 2, "basic");
        assertThat(STAND.balance(tenant)).as("the second gift").isEqualTo("60");

        var third = Period.MONTH.after(start, 2);
        STAND.timeIs(third.plus(Duration.ofDays(2)));
        STAND.work();
        assertState("GRACE", 2, "basic");
        var order = STAND.order(tenant, "RENEW", "");
        assertThat(STAND.pay(order).statusCode()).isEqualTo(200);

        assertState("ACTIVE", 3, "basic");
        assertThat(time(STAND.subscription(tenant), "periodStartsAt")).isEqualTo(third);
        assertThat(STAND.orderState(order)).isEqualTo("DONE");
        assertThat(STAND.balance(tenant)).isEqualTo("70");
    }

    @Test
    void nobodyPaysForAPeriodThatWasOverBeforeItBegan() {
        made(STAND.buy(tenant, "basic", true));
        var late = Period.MONTH.after(start, 2).plus(Duration.ofDays(5));
        STAND.timeIs(late);

        STAND.work();

        assertState("ACTIVE", 2, "basic");
        assertThat(time(STAND.subscription(tenant), "periodStartsAt")).isEqualTo(late);
        assertThat(STAND.balance(tenant)).isEqualTo("60");
    }

    @Test
    void anUpgradeCostsTheDifferenceForWhatIsLeftAndBringsAsMuchCredit() {
        made(STAND.buy(tenant, "basic", true));
        var end = periodEnd();
        STAND.timeIs(start.plus(Duration.between(start, end).dividedBy(2)));
        var offer =
                RunningBilling.json(
                        STAND.billing().get(path(tenant) + "/offer?action=CHANGE&plan=pro"));
        assertThat(offer.get("price").asString()).isEqualTo("15");
        assertThat(offer.get("kind").asString()).isEqualTo("UPGRADE");

        made(STAND.change(tenant, "pro"));

        assertState("ACTIVE", 1, "pro");
        assertThat(periodEnd()).isEqualTo(end);
        assertThat(STAND.balance(tenant)).isEqualTo("80");
        STAND.work();
        assertThat(STAND.tenants().of(tenant)).isEqualTo("pro");
        STAND.timeIs(end);
        STAND.work();
        assertThat(STAND.balance(tenant)).as("35 do not pay for 60").isEqualTo("80");
        assertState("GRACE", 1, "pro");
    }

    @Test
    void whoPaidAheadPaysTheDifferenceOfThatPeriodToo() {
        made(STAND.post("/api/v1/tenants/" + tenant + "/grants", "k", PlanStand.amount("20")));
        made(STAND.buy(tenant, "basic", false));
        made(STAND.renew(tenant));
        assertProblem(STAND.change(tenant, "basic"), 409, "same-plan");

        made(STAND.change(tenant, "pro"));

        assertThat(STAND.balance(tenant)).as("120 - 30 + 10 - 30 - 60 + 30").isEqualTo("40");
        STAND.timeIs(periodEnd());
        STAND.work();
        assertState("ACTIVE", 2, "pro");
        assertThat(STAND.balance(tenant)).isEqualTo("80");
        assertThat(STAND.history(tenant))
                .containsExactly("BOUGHT", "PAID_AHEAD", "UPGRADED", "RENEWED");
    }

    @Test
    void aDowngradeWaitsForThePeriodsEndAndCanBeTakenBack() {
        made(STAND.buy(tenant, "pro", true));
        assertThat(made(STAND.change(tenant, "basic")).at("/nextRenewal/plan").asString())
                .isEqualTo("basic");
        assertProblem(STAND.change(tenant, "basic"), 409, "same-plan");
        assertThat(made(STAND.change(tenant, "pro")).at("/nextRenewal/plan").asString())
                .isEqualTo("pro");
        made(STAND.change(tenant, "basic"));
        assertState("ACTIVE", 1, "pro");
        assertThat(STAND.balance(tenant)).isEqualTo("80");
        STAND.timeIs(periodEnd());

        STAND.work();

        assertState("ACTIVE", 2, "basic");
        assertThat(STAND.tenants().of(tenant)).isEqualTo("basic");
        assertThat(STAND.balance(tenant)).isEqualTo("60");
    }

    @Test
    void aCancelledPlanEndsWithItsPeriodUnlessThatIsTakenBack() {
        made(STAND.buy(tenant, "basic", true));
        var tag = STAND.billing().get(path(tenant)).headers().firstValue("ETag").orElseThrow();
        STAND.work();
        assertThat(STAND.choose(tenant, "{\"cancelled\": true}", tag).statusCode()).isEqualTo(200);
        assertProblem(
                STAND.choose(tenant, "{\"cancelled\": false}", tag), 412, "precondition-failed");
        assertThat(STAND.subscription(tenant).has("nextRenewal")).isFalse();
        STAND.choose(tenant, "{\"cancelled\": false}", null);
        STAND.choose(tenant, "{\"cancelled\": true, \"autoRenew\": false}", null);
        STAND.timeIs(periodEnd());

        STAND.work();

        assertState("ENDED", 1, "basic");
        assertThat(STAND.tenants().of(tenant)).isEqualTo("registration");
        assertThat(STAND.history(tenant))
                .containsExactly(
                        "BOUGHT", "CANCELLED", "RESUMED", "AUTO_RENEWAL_OFF", "CANCELLED", "ENDED");
        made(STAND.buy(tenant, "pro", true));
        STAND.work();
        assertThat(STAND.tenants().of(tenant)).isEqualTo("pro");
    }

    @Test
    void whoBoughtAVersionKeepsIt() {
        var name = "v" + UUID.randomUUID().toString().substring(0, 8);
        STAND.plan(name, "10", "0", "basic");
        made(STAND.buy(tenant, name, true));
        var changed = STAND.put(name, "20");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(RunningBilling.json(changed).get("version").asInt()).isEqualTo(2);
        assertThat(RunningBilling.json(STAND.put(name, "20")).get("version").asInt()).isEqualTo(2);
        STAND.timeIs(periodEnd());

        STAND.work();

        assertThat(STAND.balance(tenant)).isEqualTo("80");
        assertThat(STAND.subscription(tenant).at("/plan/version").asInt()).isEqualTo(1);
        var retired = STAND.retire(name);
        assertThat(retired.statusCode()).isEqualTo(204);
        assertProblem(STAND.buy(STAND.tenant("50"), name, true), 400, "invalid-field");
        assertThat(STAND.billing().get("/api/v1/plans").body()).doesNotContain(name);
        made(STAND.renew(tenant));
    }

    @Test
    void anAdministratorEndsAPlanAndGivesBackNoMoreThanWasPaid() {
        made(STAND.buy(tenant, "basic", true));
        var end = path(tenant) + "/end";
        assertProblem(
                STAND.post(end, null, "{\"reason\": \"sorry\", \"giveBack\": \"30.01\"}"),
                409,
                "more-than-paid");
        STAND.tenants().goAway(true);
        var ended = STAND.post(end, null, "{\"reason\": \"sorry\", \"giveBack\": \"12.5\"}");
        assertThat(ended.statusCode()).as(ended.body()).isEqualTo(200);
        assertThat(STAND.balance(tenant)).isEqualTo("92.5");
        assertThat(STAND.post(end, null, "{\"reason\": \"again\"}").statusCode()).isEqualTo(404);
        STAND.work();
        var rows = STAND.billing().get("/api/v1/subscriptions?state=ENDED&plan=basic").body();
        assertThat(rows).contains(tenant.toString());
        assertThat(STAND.billing().get(path(tenant) + "/history").body()).contains("sorry");
    }

    @Test
    void whatPeopleDoWithAPlanIsInTheAuditLog() {
        made(STAND.buy(tenant, "basic", true));
        made(STAND.renew(tenant));
        STAND.choose(tenant, "{\"cancelled\": true}", null);
        STAND.post(path(tenant) + "/end", null, "{\"reason\": \"sorry\"}");
        assertThat(STAND.audited(tenant))
                .contains(
                        "subscription.bought",
                        "subscription.paid-ahead",
                        "subscription.cancelled",
                        "subscription.ended");

        var rich = STAND.tenant("500");
        made(STAND.buy(rich, "basic", true));
        made(STAND.change(rich, "pro"));
        assertThat(STAND.audited(rich)).contains("subscription.upgraded");
    }

    @Test
    void whileKubernetesIsAwayAPlanIsBoughtAndItsTemplateFollows() {
        STAND.tenants().goAway(true);
        made(STAND.buy(tenant, "pro", true));
        STAND.work();
        var waiting = STAND.billing().get("/api/v1/subscriptions?notApplied=true").body();
        assertThat(waiting).contains(tenant.toString(), "away");
        assertThat(STAND.subscription(tenant).get("notApplied").asString())
                .startsWith("The platform can't change");

        STAND.tenants().goAway(false);
        STAND.tenants().keep(true);
        STAND.work();
        assertThat(STAND.subscription(tenant).get("notApplied").asString())
                .isEqualTo("kubectl keeps .spec.limits");

        STAND.tenants().keep(false);
        STAND.work();
        assertThat(STAND.subscription(tenant).has("notApplied")).isFalse();

        assertThat(STAND.tenants().of(tenant)).isEqualTo("pro");
        assertThat(STAND.billing().get("/api/v1/subscriptions?notApplied=true").body())
                .doesNotContain(tenant.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "price": "-1"        | price
                    "price": "1e3"       | price
                    "price": "1.0000001" | price
                    "price": "１０"       | price
                    "includedCredit": "x"| includedCredit
                    "graceDays": 15      | graceDays
                    "graceDays": -1      | graceDays
                    "template": "nope"   | template
                    "displayName": " "   | displayName
                    "name": "Pro"        | name
                    "name": "a-"         | name
                    "period": null       | period
                    """)
    void aPlanThatCannotBeIsRefusedByField(String wrong, String field) {
        var good =
                "{\"name\": \"x\", \"displayName\": \"X\", \"price\": \"1\", \"period\":"
                        + " \"MONTH\"}";
        var key = wrong.substring(0, wrong.indexOf(':'));
        var without = good.replaceAll(key + ": \"[^\"]*\"(, )?", "");

        var answer =
                STAND.post(
                        "/api/v1/plans",
                        null,
                        without.replaceFirst("(, )?}$", ", " + wrong + "}").replace("{, ", "{"));

        assertProblem(answer, 400, "invalid-field");
        assertThat(RunningBilling.json(answer).get("field").asString()).isEqualTo(field);
    }
}
