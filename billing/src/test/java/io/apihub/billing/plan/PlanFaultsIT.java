package io.apihub.billing.plan;

import static io.apihub.billing.plan.PlanStand.made;
import static io.apihub.billing.plan.PlanStand.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.plan.FaultPoint.Step;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process ends between any two steps, or two things happen at once: the end is the same. */
class PlanFaultsIT {

    private static final PlanStand STAND = SharedPlans.STAND;

    private final Instant start = STAND.restart();
    private final UUID tenant = STAND.tenant("1000");

    @AfterEach
    void sound() {
        STAND.killAfter(null);
        STAND.checkSound();
    }

    /** As a client does that got no answer: the same again. */
    private static void untilDone(Supplier<HttpResponse<String>> request, int done) {
        var answer = request.get();
        for (int i = 0; i < 3 && answer.statusCode() == 500; i++) {
            answer = request.get();
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(done);
    }

    @ParameterizedTest
    @EnumSource
    void whereverItEndsTheEndIsTheSame(Step step) {
        STAND.killAfter(step);
        live();

        assertThat(STAND.notReached()).as("the step was reached").isNull();
        // 1000 + 30 paid - 30 + 10 - 15 + 15 - 60 + 40
        assertThat(STAND.balance(tenant)).isEqualTo("990");
        assertThat(STAND.tenants().of(tenant)).isEqualTo("registration");
        assertThat(STAND.history(tenant))
                .containsExactly("BOUGHT", "UPGRADED", "RENEWED", "CANCELLED", "ENDED");
        assertThat(STAND.subscription(tenant).get("applied").asBoolean()).isTrue();
    }

    /** Bought by an order, upgraded after half of the period, renewed, cancelled, ended. */
    private void live() {
        var order = STAND.order(tenant, "BUY", "basic");
        untilDone(() -> STAND.pay(order), 200);
        STAND.work();
        assertThat(STAND.tenants().of(tenant)).isEqualTo("basic");
        var end = Period.MONTH.after(start, 1);
        STAND.timeIs(start.plus(Duration.between(start, end).dividedBy(2)));
        var key = PlanStand.key();
        untilDone(() -> STAND.post(path(tenant) + "/changes", key, "{\"plan\": \"pro\"}"), 201);
        STAND.work();
        assertThat(STAND.tenants().of(tenant)).isEqualTo("pro");
        STAND.timeIs(end);
        STAND.work();
        untilDone(() -> STAND.choose(tenant, "{\"cancelled\": true}", null), 200);
        STAND.timeIs(Period.MONTH.after(start, 2));
        STAND.work();
    }

    private static <T> List<T> atOnce(List<Callable<T>> all) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<T>();
            for (var one : threads.invokeAll(all)) {
                results.add(one.get());
            }
            return results;
        }
    }

    @RepeatedTest(2)
    void ofManyPurchasesAtOnceOneIsMade() throws Exception {
        var orders =
                List.of(STAND.order(tenant, "BUY", "basic"), STAND.order(tenant, "BUY", "basic"));
        var all = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 4; i++) {
            all.add(() -> STAND.buy(tenant, "basic", true).statusCode());
        }
        orders.forEach(order -> all.add(() -> STAND.pay(order).statusCode()));

        var answers = atOnce(all);

        assertThat(answers).isSubsetOf(200, 201, 409);
        assertThat(answers.stream().filter(answer -> answer == 200)).hasSize(2);
        assertThat(STAND.history(tenant)).containsExactly("BOUGHT");
        assertThat(STAND.balance(tenant)).as("1000 + 2 * 30 - 30 + 10").isEqualTo("1040");
    }

    @RepeatedTest(3)
    void anUpgradeAtTheEndOfTheGraceIsOneOrTheOther() throws Exception {
        made(STAND.buy(tenant, "basic", false));
        STAND.timeIs(Period.MONTH.after(start, 1));
        STAND.work();
        var order = STAND.order(tenant, "RENEW", "");
        STAND.timeIs(Period.MONTH.after(start, 1).plus(Duration.ofDays(3)));

        var answers =
                atOnce(
                        List.of(
                                () -> STAND.change(tenant, "pro").statusCode(),
                                () -> {
                                    STAND.billing().get(PlanWorker.class).followAll();
                                    return 0;
                                },
                                () -> STAND.pay(order).statusCode()));
        STAND.work();

        assertThat(answers.get(0)).isIn(201, 409);
        assertThat(answers.get(2)).isEqualTo(200);
        boolean lives = STAND.subscription(tenant).get("state").asString().equals("ACTIVE");
        assertThat(STAND.orderState(order)).isEqualTo(lives ? "DONE" : "REFUSED");
        var plan = STAND.subscription(tenant).at("/plan/name").asString();
        assertThat(STAND.tenants().of(tenant)).isEqualTo(lives ? plan : "registration");
    }

    @Test
    void twoProcessesRenewAndApplyEachPlanOnce() throws Exception {
        var all = new ArrayList<UUID>();
        for (int i = 0; i < 6; i++) {
            var one = STAND.tenant("100");
            made(STAND.buy(one, i % 2 == 0 ? "basic" : "pro", true));
            if (i % 2 == 1) {
                made(STAND.change(one, "basic"));
            }
            all.add(one);
        }
        STAND.work();
        STAND.timeIs(Period.MONTH.after(start, 1));
        try (var other = STAND.start()) {
            atOnce(
                    List.of(
                            () -> work(STAND::work),
                            () -> work(() -> STAND.work(other)),
                            () -> work(STAND::work),
                            () -> work(() -> STAND.work(other))));
        }

        for (var one : all) {
            assertThat(STAND.history(one).stream().filter("RENEWED"::equals)).hasSize(1);
            assertThat(STAND.tenants().of(one)).isEqualTo("basic");
        }
        // Paid 30 + 30 for 10 + 10, and 60 + 30 for 40 + 10.
        assertThat(STAND.balance(all.get(0))).isEqualTo("60");
        assertThat(STAND.balance(all.get(1))).isEqualTo("60");
    }

    private static int work(Runnable work) {
        work.run();
        return 0;
    }
}
