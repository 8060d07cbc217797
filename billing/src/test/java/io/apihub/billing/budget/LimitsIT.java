package io.apihub.billing.budget;

import static io.apihub.policy.v1.Limit.Metric.METRIC_CONCURRENCY;
import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Metric.METRIC_TOTAL_TOKENS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static io.apihub.policy.v1.Limit.Window.WINDOW_MINUTE;
import static io.apihub.policy.v1.Limit.Window.WINDOW_TOTAL;
import static io.apihub.policy.v1.Limit.Window.WINDOW_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import io.apihub.policy.v1.Quota;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leases of budgets and shares, in the real tables. */
class LimitsIT {

    private final Bank bank = new Bank();
    private final Gateway gateway = new Gateway(bank);
    private final String name = "l-" + UUID.randomUUID();
    private final UUID tenant = bank.registry().tenant(name);
    private final Limits limits = new Limits(bank, tenant, name);

    @AfterEach
    void sound() {
        bank.assertSound();
    }

    @Test
    void aBudgetIsLeasedToTheLastUnitAndNoFurther() {
        var key = limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 10);

        assertThat(granted(budget(key, 7))).isEqualTo(7);
        assertThat(granted(budget(key, 3))).isEqualTo(3);

        var refusal = refusal(budget(key, 1));
        assertThat(refusal.reason()).isEqualTo(Answer.Reason.EXHAUSTED);
        assertThat(refusal.available()).isZero();
        assertThat(refusal.resetsAtMillis()).isGreaterThan(System.currentTimeMillis());
        assertThat(limits.budgets("sum(leased)", "q")).isEqualTo(10);
    }

    @Test
    void aRequestsWholeSetIsLeasedOrNothingOfIt() {
        bank.grant(tenant, 1_000);
        var day = limits.quota("day", METRIC_REQUESTS, WINDOW_DAY, 10);
        var rate = limits.quota("rate", METRIC_TOTAL_TOKENS, WINDOW_MINUTE, 50);
        var money = new Want(new Want.OfAccount(tenant), 100, 100);

        var tooMuch = gateway.grant(gateway.ask(money, budget(day, 1), share(rate, 51)));
        var right = gateway.grant(gateway.ask(money, budget(day, 1), share(rate, 50)));

        assertThat(((Answer.Refused) tooMuch).refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.ordinal()).isEqualTo(2));
        assertThat(((Answer.Granted) right).parts())
                .extracting(Answer.Part::granted)
                .containsExactly(100L, 1L, 50L);
        assertThat(bank.account(tenant).leased().micros()).isEqualTo(100);
    }

    @Test
    void aRepeatGetsTheSameWindowAndTheSameLevel() {
        var day = limits.quota("day", METRIC_REQUESTS, WINDOW_DAY, 10);
        var rate = limits.quota("rate", METRIC_REQUESTS, WINDOW_MINUTE, 60);
        var slots = limits.quota("slots", METRIC_CONCURRENCY, WINDOW_UNSPECIFIED, 4);
        long used = lease(share(rate, 60));
        gateway.giveBack(List.of(new Leases.GivenBack(used, 0, true, inMillis(30_000))));
        var ask = gateway.ask(budget(day, 1), share(rate, 60), share(slots, 2));

        var first = ((Answer.Granted) gateway.grant(ask)).parts();
        var second = ((Answer.Granted) gateway.grant(ask)).parts();

        assertThat(second).isEqualTo(first);
        assertThat(first.get(0).span().contains(System.currentTimeMillis())).isTrue();
        assertThat(first.get(1).arrivalMillis()).isGreaterThan(System.currentTimeMillis());
        assertThat(first.get(2).slots()).isTrue();
    }

    @Test
    void aPartOfARateTakesWhatIsUsedOfItAlong() {
        var rate = limits.quota("rate", METRIC_REQUESTS, WINDOW_MINUTE, 60_000);
        long lease = lease(share(rate, 60_000));
        gateway.giveBack(List.of(new Leases.GivenBack(lease, 0, true, inMillis(60_000))));

        var half = part(share(rate, 30_000));
        var rest = part(share(rate, 30_000));

        // All of the burst was used: 60,000 less what drained since. The rest keeps what it can.
        long level = level(half) + level(rest);
        assertThat(level).isBetween(50_000L, 60_000L);
        assertThat(refusal(share(rate, 1)).reason()).isEqualTo(Answer.Reason.EXHAUSTED);
    }

    private static long level(Answer.Part part) {
        return Amounts.passed(part.granted(), part.arrivalMillis() - System.currentTimeMillis());
    }

    @Test
    void slotsComeBackOneByOne() {
        var slots = limits.quota("slots", METRIC_CONCURRENCY, WINDOW_UNSPECIFIED, 5);
        long lease = lease(share(slots, 5));

        gateway.giveBack(lease, 2, true);
        assertThat(granted(share(slots, 2))).isEqualTo(2);
        assertThat(refusal(share(slots, 1)).reason()).isEqualTo(Answer.Reason.EXHAUSTED);
        gateway.giveBack(lease, 5, true);
        assertThat(granted(share(slots, 3))).isEqualTo(3);
    }

    @Test
    void aLimitOfZeroIsAlwaysExhausted() {
        var none = limits.quota("none", METRIC_REQUESTS, WINDOW_TOTAL, 0);
        var still = limits.quota("still", METRIC_REQUESTS, WINDOW_MINUTE, 0);
        var negative = limits.quota("negative", METRIC_REQUESTS, WINDOW_DAY, -7);

        assertThat(refusal(budget(none, 1)).reason()).isEqualTo(Answer.Reason.EXHAUSTED);
        assertThat(refusal(budget(none, 1)).resetsAtMillis()).isZero();
        assertThat(refusal(share(still, 1)).reason()).isEqualTo(Answer.Reason.EXHAUSTED);
        assertThat(refusal(budget(negative, 0)).available()).isZero();
    }

    @Test
    void whatIsGoneOrShadowOrOfAnotherKindIsUnknown() {
        var gone = limits.quota("gone", METRIC_REQUESTS, WINDOW_DAY, 10);
        lease(budget(gone, 1));
        limits.delete("gone");
        var day = limits.quota("day", METRIC_REQUESTS, WINDOW_DAY, 10);
        limits.put(
                limits.builder("shadow")
                        .setMode(Quota.Mode.MODE_SHADOW)
                        .addLimits(Limits.limit(METRIC_REQUESTS, WINDOW_DAY, 10)));

        var answer =
                (Answer.Refused)
                        gateway.grant(
                                gateway.ask(
                                        budget(gone, 1),
                                        share(day, 1),
                                        budget(limits.key("day", "some-key"), 1),
                                        budget(limits.key("shadow", ""), 1)));

        assertThat(answer.refusals())
                .hasSize(4)
                .allSatisfy(refusal ->
                        assertThat(refusal.reason()).isEqualTo(Answer.Reason.UNKNOWN_SUBJECT));
    }

    @Test
    void deletingAndMakingAgainResetsNothing() {
        var key = limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 10);
        lease(budget(key, 8));

        limits.delete("q");
        limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 10);

        assertThat(refusal(budget(key, 3)).available()).isEqualTo(2);
    }

    @Test
    void aLoweredAmountKeepsWhatIsCommittedAndGrantsNoMore() {
        var key = limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 100);
        long lease = lease(budget(key, 80));

        limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 50);

        assertThat(refusal(budget(key, 1)).available()).isZero();
        gateway.giveBack(lease, 40, false);
        assertThat(granted(budget(key, 10))).isEqualTo(10);
        assertThat(limits.budgets("max(ceiling)", "q")).isEqualTo(50);
    }

    @Test
    void anUnknownZoneCountsInUtc() {
        limits.put(
                limits.builder("q")
                        .setTimeZone("Mars/Olympus")
                        .addLimits(Limits.limit(METRIC_REQUESTS, WINDOW_DAY, 5)));

        var part = part(budget(limits.key("q", ""), 5));

        assertThat(part.span().startMillis() % 86_400_000).isZero();
    }

    @Test
    void theNextWindowCanNotBeHadEarlierThanFiveSecondsBefore() {
        var key = limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 10);
        var running = part(budget(key, 1)).span();

        var early = refusal(new Want(new Want.OfBudget(key, running.endMillis()), 1, 1));

        assertThat(early.reason()).isEqualTo(Answer.Reason.EXHAUSTED);
        assertThat(early.resetsAtMillis()).isEqualTo(running.endMillis());
    }

    private static long inMillis(long millis) {
        return System.currentTimeMillis() + millis;
    }

    private static Want budget(LimitKey key, long amount) {
        return new Want(new Want.OfBudget(key, 0), amount, Math.max(1, amount));
    }

    private static Want share(LimitKey key, long amount) {
        return new Want(new Want.OfShare(key), amount, amount);
    }

    private Answer.Part part(Want want) {
        var answer = gateway.grant(gateway.ask(want));
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).parts().getFirst();
    }

    private long granted(Want want) {
        return part(want).granted();
    }

    private long lease(Want want) {
        return part(want).lease();
    }

    private Answer.Refusal refusal(Want want) {
        var answer = gateway.grant(gateway.ask(want));
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused) answer).refusals().getFirst();
    }
}
