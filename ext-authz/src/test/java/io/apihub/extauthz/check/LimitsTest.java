package io.apihub.extauthz.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.Subject;
import io.apihub.extauthz.error.Reason;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Limit.Metric;
import io.apihub.policy.v1.Limit.Window;
import io.apihub.policy.v1.Quota;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind of limit, as requests meet it. */
class LimitsTest {

    /** At most 10 output tokens; 48 bytes, so 20 input tokens at 0.4 tokens a byte. */
    private static final String CHAT = "{\"model\":\"gpt-4o\",\"max_tokens\":10,\"messages\":[]}";

    private static final String LOOSE = "{\"model\":\"loose\",\"messages\":[]}";

    private final World world = new World();

    private Decision check(String body) {
        return world.chat(body);
    }

    private Decision.Denied denied() {
        return (Decision.Denied) check(CHAT);
    }

    private Reason reason() {
        return denied().denial().reason();
    }

    private Hold allowed() {
        return ((Decision.Allowed) check(CHAT)).hold().message();
    }

    private static Limit limit(String name, Metric metric, Window window, long amount) {
        return Limit.newBuilder()
                .setName(name)
                .setMetric(metric)
                .setWindow(window)
                .setAmount(amount)
                .build();
    }

    private static Limit requests(Window window, long amount) {
        return limit("r", Metric.METRIC_REQUESTS, window, amount);
    }

    private void quota(Quota.Builder quota) {
        world.add(
                Change.newBuilder()
                        .setQuota(
                                quota.setUid(World.id(50))
                                        .setTenantId(World.id(1))
                                        .setNamespace(World.TENANT)
                                        .setName("q"))
                        .build());
    }

    @ParameterizedTest
    @EnumSource(
            value = Window.class,
            names = {"WINDOW_HOUR", "WINDOW_DAY", "WINDOW_WEEK", "WINDOW_MONTH", "WINDOW_TOTAL"})
    void ofABudgetExactlyItsAmountIsLetThrough(Window window) {
        world.quota("q", Quota.Per.PER_TARGET, requests(window, 3));

        for (int i = 0; i < 3; i++) {
            assertThat(allowed().getTakenList()).hasSize(2);
        }

        assertThat(denied().denial().limit()).isEqualTo("q/r");
        assertThat(world.taken).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({
        "METRIC_INPUT_TOKENS, 20",
        "METRIC_OUTPUT_TOKENS, 10",
        "METRIC_TOTAL_TOKENS, 30",
        "METRIC_COST, 500",
        "METRIC_REQUESTS, 1"
    })
    void theWorstCaseOfEachMetricIsTaken(Metric metric, long worst) {
        world.quota(
                "q",
                Quota.Per.PER_TARGET,
                limit("m", metric, Window.WINDOW_DAY, 1_000_000),
                limit("n", metric, Window.WINDOW_MINUTE, 1_000_000));

        var decision = (Decision.Allowed) check(CHAT);

        var taken = decision.hold().message().getTakenList();
        assertThat(taken)
                .extracting(Taken::getAmount)
                .as("account and day, not the share")
                .containsExactly(500L, worst);
        var rates = decision.rates();
        var rate = metric == Metric.METRIC_REQUESTS ? rates.requests() : rates.tokens();
        if (metric == Metric.METRIC_COST) {
            assertThat(rate).isNull();
        } else {
            assertThat(Objects.requireNonNull(rate).remaining()).isEqualTo(1_000_000 - worst);
        }
    }

    @Test
    void aBudgetThatResetsSaysWhenAndOneThatDoesNotSaysSo() {
        world.quota("q", Quota.Per.PER_TARGET, requests(Window.WINDOW_DAY, 0));
        assertThat(reason()).as("zero lets nothing through").isEqualTo(Reason.TOTAL_EXHAUSTED);
        world.local.resetsIn(5_000);
        world.quota("q", Quota.Per.PER_TARGET, requests(Window.WINDOW_DAY, 1));
        allowed();

        var denial = denied().denial();

        assertThat(denial.reason()).isEqualTo(Reason.BUDGET_EXHAUSTED);
        assertThat(denial.retryAfterMillis()).isEqualTo(5_000);
    }

    @Test
    void allLimitsAreTakenTogetherAndTheOneThatLastsLongestIsNamed() {
        world.local.resetsIn(3_600_000);
        world.tenant(tenant -> tenant.addLimits(World.perMinute("all", 10)))
                .quota(
                        "q",
                        Quota.Per.PER_KEY,
                        World.perMinute("rpm", 2),
                        requests(Window.WINDOW_DAY, 1).toBuilder().addModels("gpt-*").build());
        allowed();
        assertThat(denied().denial().limit()).isEqualTo("q/r");
        assertThat(check(LOOSE)).isInstanceOf(Decision.Allowed.class);
        assertThat(((Decision.Denied) check(LOOSE)).denial().limit()).isEqualTo("q/rpm");

        // Billing's no to the day is asked for again after 250 ms, and the rate refuses first.
        world.nanos.addAndGet(Duration.ofMillis(500).toNanos());
        for (int i = 0; i < 20; i++) {
            var denial = denied().denial();
            assertThat(denial.limit()).isEqualTo("q/r");
            assertThat(denial.reason()).isEqualTo(Reason.BUDGET_EXHAUSTED);
            assertThat(denial.retryAfterMillis()).isEqualTo(3_600_000 - 500);
        }
        assertThat(world.taken).hasSize(2);
        assertThat(denied().rates().requests()).isNotNull();
    }

    @Test
    void aRateRefusesWithTheTimeToWait() {
        world.quota("team", Quota.Per.PER_KEY, World.perMinute("rpm", 1));
        var first = (Decision.Allowed) check(CHAT);
        var rate = Objects.requireNonNull(first.rates().requests());
        assertThat(rate.limit()).isEqualTo(1);
        assertThat(rate.remaining()).isZero();
        assertThat(rate.resetNanos()).isEqualTo(Duration.ofMinutes(1).toNanos());

        var denial = denied().denial();

        assertThat(denial.reason()).isEqualTo(Reason.RATE_LIMITED);
        assertThat(denial.retryAfterMillis()).isEqualTo(60_000);
        world.nanos.addAndGet(Duration.ofSeconds(60).toNanos());
        allowed();
    }

    @Test
    void tokensAMinuteCountTheWorstCaseUntilTheEnd() {
        var tokens = limit("tpm", Metric.METRIC_OUTPUT_TOKENS, Window.WINDOW_MINUTE, 15);
        world.quota("team", Quota.Per.PER_TARGET, tokens);
        var first = allowed();
        assertThat(reason()).isEqualTo(Reason.RATE_LIMITED);

        world.local.end(first.getHoldId(), new Amounts(1, 0, 5, 3));

        var second = (Decision.Allowed) check(CHAT);
        assertThat(Objects.requireNonNull(second.rates().tokens()).remaining()).isEqualTo(2);
    }

    @Test
    void moreThanTheWholeLimitIsNotWorthTryingAgain() {
        var tokens = limit("tpm", Metric.METRIC_OUTPUT_TOKENS, Window.WINDOW_MINUTE, 9);
        world.quota("team", Quota.Per.PER_TARGET, tokens);

        assertThat(reason()).isEqualTo(Reason.REQUEST_OVER_LIMIT);
    }

    @Test
    void aSlotIsFreeWhenTheRequestEnds() {
        world.quota("team", Quota.Per.PER_TARGET, World.slots("busy", 1));
        var first = allowed();
        assertThat(reason()).isEqualTo(Reason.CONCURRENCY_LIMITED);

        world.local.end(first.getHoldId(), Amounts.NOTHING);
        world.local.end(first.getHoldId(), Amounts.NOTHING);

        allowed();
        assertThat(reason()).isEqualTo(Reason.CONCURRENCY_LIMITED);
    }

    @Test
    void aVoidedRequestCountsForNothing() {
        world.quota("q", Quota.Per.PER_TARGET, requests(Window.WINDOW_DAY, 1));
        var first = allowed();
        assertThat(denied().denial().limit()).isEqualTo("q/r");

        world.local.end(first.getHoldId(), Amounts.NOTHING);

        allowed();
    }

    @Test
    void whatTheAccountRefusesCountsAgainstNoLimit() {
        world.local.has(Subject.Kind.ACCOUNT, "", 0);
        world.quota("team", Quota.Per.PER_TARGET, World.perMinute("rpm", 1), World.slots("c", 1));
        for (int i = 0; i < 3; i++) {
            assertThat(reason()).isEqualTo(Reason.BALANCE_EXHAUSTED);
        }

        world.local.topUp(1_000_000);
        world.nanos.addAndGet(Duration.ofMillis(300).toNanos());

        allowed();
    }

    @Test
    void aLimitIsAboutItsKeysAndItsModelsOnly() {
        quota(Quota.newBuilder().addKeyUids(World.id(99)).addLimits(World.perMinute("a", 0)));
        allowed();
        quota(
                Quota.newBuilder()
                        .setAllKeys(true)
                        .addLimits(World.perMinute("a", 0).toBuilder().addModels("loo*")));
        allowed();
        quota(Quota.newBuilder().addLimits(World.perMinute("a", 0)));
        allowed();
        quota(Quota.newBuilder().addKeyUids(World.id(2)).addLimits(World.perMinute("a", 0)));
        assertThat(reason()).isEqualTo(Reason.REQUEST_OVER_LIMIT);
    }

    @Test
    void aShadowTakesNothing() {
        quota(
                Quota.newBuilder()
                        .setAllKeys(true)
                        .setMode(Quota.Mode.MODE_SHADOW)
                        .addLimits(requests(Window.WINDOW_DAY, 0)));

        assertThat(allowed().getTakenList()).hasSize(1);
    }

    @Test
    void whatANewerOperatorMeansLetsNothingThrough() {
        var unknown =
                List.of(
                        Limit.newBuilder()
                                .setName("x")
                                .setMetricValue(77)
                                .setWindow(Window.WINDOW_DAY),
                        Limit.newBuilder()
                                .setName("x")
                                .setMetric(Metric.METRIC_REQUESTS)
                                .setWindowValue(77),
                        Limit.newBuilder().setName("x").setMetric(Metric.METRIC_REQUESTS),
                        Limit.newBuilder().setName("x").setWindow(Window.WINDOW_DAY));
        for (var limit : unknown) {
            quota(Quota.newBuilder().setAllKeys(true).addLimits(limit.setAmount(1_000)));
            assertThat(reason()).isEqualTo(Reason.LIMIT_NOT_UNDERSTOOD);
        }
        quota(
                Quota.newBuilder()
                        .setAllKeys(true)
                        .setPerValue(9)
                        .addLimits(requests(Window.WINDOW_DAY, 1)));
        assertThat(denied().denial().limit()).isEqualTo("q/r");
    }

    @Test
    void aLimitOfEachKeyNeedsItsName() {
        world.key(key -> key.clearName());
        world.quota("q", Quota.Per.PER_KEY, requests(Window.WINDOW_DAY, 5));

        assertThat(reason()).isEqualTo(Reason.LIMIT_NOT_UNDERSTOOD);
    }

    @Test
    void aChangedAmountCountsAtOnce() {
        quota(Quota.newBuilder().setAllKeys(true).addLimits(World.perMinute("a", 0)));
        assertThat(reason()).isEqualTo(Reason.REQUEST_OVER_LIMIT);

        quota(Quota.newBuilder().setAllKeys(true).addLimits(World.perMinute("a", 5)));

        for (int i = 0; i < 5; i++) {
            allowed();
        }
        assertThat(reason()).as("5 and no more").isEqualTo(Reason.RATE_LIMITED);
    }

    @Test
    void withoutAnAnswerNothingIsLetThroughAndNothingIsTaken() {
        world.local.silent();
        world.quota("q", Quota.Per.PER_TARGET, World.slots("busy", 1));

        assertThat(reason()).isEqualTo(Reason.GRANT_UNAVAILABLE);
    }

    @Test
    void refusalsAreSummed() {
        world.quota("q", Quota.Per.PER_TARGET, World.perMinute("a", 0));
        denied();
        denied();

        assertThat(world.refusals.take(10))
                .singleElement()
                .satisfies(sum -> {
                    assertThat(sum.getTenantId()).isEqualTo(World.id(1));
                    assertThat(sum.getKeyUid()).isEqualTo(World.id(2));
                    assertThat(sum.getKeyId()).isEqualTo(world.secret.id().value());
                    assertThat(sum.getModel()).isEqualTo("gpt-4o");
                    assertThat(sum.getReason()).isEqualTo("request_over_limit");
                    assertThat(sum.getLimit()).isEqualTo("q/a");
                    assertThat(sum.getCount()).isEqualTo(2);
                    assertThat(sum.getMinuteMillis()).isEqualTo(World.NOW);
                });
        assertThat(world.refusals.dropped()).isZero();
    }

    @Test
    void theRecordOfARefusalNamesTheLimitThatTheAnswerNames() {
        var limits =
                List.of(
                        World.perMinute("rate", 1),
                        World.slots("slots", 1),
                        requests(Window.WINDOW_TOTAL, 1).toBuilder().setName("total").build(),
                        limit("tokens", Metric.METRIC_TOTAL_TOKENS, Window.WINDOW_DAY, 45));
        for (var limit : limits) {
            world.quota("q", Quota.Per.PER_KEY, limit);
            allowed();

            var denial = denied().denial();

            assertThat(denial.limit()).isEqualTo("q/" + limit.getName());
            assertThat(world.refusals.take(10))
                    .singleElement()
                    .satisfies(sum -> {
                        assertThat(sum.getLimit()).isEqualTo(denial.limit());
                        assertThat(sum.getReason()).isEqualTo(denial.reason().code());
                        assertThat(sum.getCount()).isEqualTo(1);
                    });
        }
    }
}
