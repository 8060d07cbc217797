package io.apihub.billing.plan;

import static io.apihub.billing.plan.PlanStand.made;
import static io.apihub.billing.plan.PlanStand.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.plan.FaultPoint.Step;
import io.apihub.billing.testing.ChildJvm;
import io.apihub.billing.testing.Poll;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process that sells, renews, ends or applies plans is killed at a step; another one goes on. In
 * {@code verify} within a purchase, at all steps with {@code -Pproof}; {@link PlanFaultsIT} walks
 * all of them within one process.
 */
class PlanKillIT {

    private static final boolean ALL = System.getProperty("kills", "some").equals("all");
    private static final PlanStand STAND = SharedPlans.STAND;
    private final UUID tenant = tenant();

    private static UUID tenant() {
        STAND.restart();
        return STAND.tenant("100");
    }

    /** What a process reaches by itself. */
    static Set<Step> steps() {
        return ALL ? EnumSet.complementOf(EnumSet.of(Step.CREDITED, Step.BOUGHT)) : Set.of();
    }

    /** Of a purchase from the balance. */
    static Set<Step> stepsOfPurchases() {
        return ALL ? EnumSet.of(Step.PAID, Step.CHANGED, Step.BOUGHT) : Set.of();
    }

    /** Of a purchase by an order, when the platform tells that it is paid. */
    static Set<Step> stepsOfOrders() {
        return ALL ? EnumSet.of(Step.CREDITED, Step.PAID, Step.CHANGED) : Set.of(Step.PAID);
    }

    @AfterAll
    static void sound() {
        STAND.checkSound();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("steps")
    void whereverItIsKilledTheEndIsTheSame(Step step) throws Exception {
        made(STAND.buy(tenant, "basic", true));
        boolean applies = Set.of(Step.NOTED, Step.APPLYING, Step.APPLIED).contains(step);
        if (!applies) {
            STAND.work();
            STAND.choose(tenant, "{\"cancelled\": " + (step == Step.ENDING) + "}", null);
            periodIsOver();
        }

        process(step).assertExit(MortalPlans.KILLED);

        STAND.checkSound();
        STAND.timeIs(Instant.now());
        boolean ended = step == Step.ENDING;
        // Postgres frees the locks of the dead when it hears of it.
        Poll.until(Duration.ofSeconds(60), () -> isSettled(ended ? "registration" : "basic"));
        var state = STAND.subscription(tenant);
        assertThat(state.get("state").asString()).isEqualTo(ended ? "ENDED" : "ACTIVE");
        assertThat(state.get("periodNumber").asInt()).isEqualTo(applies || ended ? 1 : 2);
        assertThat(STAND.balance(tenant)).isEqualTo(applies || ended ? "80" : "60");
    }

    /** As a client does that got no answer: the same again. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("stepsOfPurchases")
    void aPurchaseWhoseAnswerNobodyHeardIsOne(Step step) throws Exception {
        var process = process(step);
        var key = PlanStand.key();
        var body = "{\"plan\": \"basic\"}";
        var asked =
                process.awaitAddress()
                        .request(path(tenant))
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(BodyPublishers.ofString(body));

        assertThatThrownBy(() -> STAND.billing().send(asked)).hasCauseInstanceOf(IOException.class);

        process.assertExit(MortalPlans.KILLED);
        STAND.checkSound();
        assertThat(STAND.history(tenant)).hasSize(step == Step.BOUGHT ? 1 : 0);
        made(STAND.post(path(tenant), key, body));
        assertBought("80");
    }

    @ParameterizedTest
    @MethodSource("stepsOfOrders")
    void aPlanWhosePaymentIsToldAgainIsBoughtOnce(Step step) throws Exception {
        var order = STAND.order(tenant, "BUY", "basic");
        var notice = STAND.payUntold(order);
        var process = process(step);
        var told = process.awaitAddress().request(notice);

        assertThatThrownBy(() -> STAND.billing().send(told)).hasCauseInstanceOf(IOException.class);

        process.assertExit(MortalPlans.KILLED);
        STAND.checkSound();
        assertThat(STAND.paymentState(order)).as("it is undone").isEqualTo("PENDING");
        assertThat(STAND.balance(tenant)).isEqualTo("100");
        for (int i = 0; i < 2; i++) {
            var answer = STAND.billing().send(STAND.billing().request(notice));
            assertThat(answer.body()).isEqualTo("success");
        }
        assertThat(STAND.orderState(order)).isEqualTo("DONE");
        assertBought("110");
    }

    private void assertBought(String balance) {
        Poll.until(Duration.ofSeconds(60), () -> isSettled("basic"));
        assertThat(STAND.history(tenant)).containsExactly("BOUGHT");
        assertThat(STAND.balance(tenant)).isEqualTo(balance);
    }

    private boolean isSettled(String template) {
        STAND.work();
        return STAND.subscription(tenant).get("applied").asBoolean()
                && STAND.tenants().of(tenant).equals(template)
                && STAND.admin()
                        .queryForList(
                                "SELECT 1 FROM billing.subscription WHERE state <> 'ENDED'"
                                        + " AND period_ends_at <= now()")
                        .isEmpty();
    }

    private void periodIsOver() {
        STAND.admin()
                .update(
                        "UPDATE billing.subscription SET anchor_at = now() - interval '31 days',"
                                + " period_starts_at = now() - interval '31 days',"
                                + " period_ends_at = now(), look_at = now() WHERE tenant_id = ?",
                        tenant);
    }

    /** Starts a process that does what is due, until it is killed. */
    private static ChildJvm process(Step step) throws IOException {
        return ChildJvm.start(
                "mortal",
                MortalPlans.class,
                List.of(STAND.jdbcUrl(), STAND.platform().url().toString(), step.name()));
    }
}
