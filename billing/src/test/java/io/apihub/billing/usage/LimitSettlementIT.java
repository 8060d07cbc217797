package io.apihub.billing.usage;

import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Metric.METRIC_TOTAL_TOKENS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static io.apihub.policy.v1.Limit.Window.WINDOW_MONTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.CreditOffice;
import io.apihub.billing.budget.Gateway;
import io.apihub.billing.budget.Want;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import io.apihub.billing.testing.Records;
import io.apihub.policy.v1.Quota;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How usage settles budgets, and what Shadow counts. One micro-unit a token. */
class LimitSettlementIT {

    private static final Bank BANK = new Bank();
    private static final long BOOK =
            BANK.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");

    private final Gateway gateway = new Gateway(BANK);
    private final String name = "s-" + UUID.randomUUID();
    private final UUID tenant = BANK.registry().tenant(name);
    private final Limits limits = new Limits(BANK, tenant, name);
    private final Records records = new Records(tenant, gateway.incarnation(), BOOK);
    private long requests;
    private long tokens;

    @BeforeEach
    void leases() {
        var calls = limits.quota("calls", METRIC_REQUESTS, WINDOW_DAY, 10);
        var volume = limits.quota("volume", METRIC_TOTAL_TOKENS, WINDOW_DAY, 1_000);
        var answer =
                gateway.grant(
                        gateway.ask(
                                new Want(new Want.OfBudget(calls, 0), 5, 5),
                                new Want(new Want.OfBudget(volume, 0), 500, 500)));
        requests = ((Answer.Granted) answer).parts().get(0).lease();
        tokens = ((Answer.Granted) answer).parts().get(1).lease();
    }

    @AfterEach
    void sound() {
        BANK.assertSound();
    }

    @Test
    void eachLeasePaysByItsMetricAndKeepsTheRest() {
        ingest(Records.measured(hold(200), 30, 50));

        assertThat(limits.budgets("sum(spent)", "calls")).isEqualTo(1);
        assertThat(limits.budgets("sum(leased)", "calls")).isEqualTo(4);
        assertThat(limits.budgets("sum(spent)", "volume")).isEqualTo(80);
        assertThat(limits.budgets("sum(leased)", "volume")).isEqualTo(420);
    }

    @Test
    void whatIsBeyondTheHoldIsAnOverageOfTheBudget() {
        ingest(Records.measured(hold(60), 30, 50));

        assertThat(limits.budgets("sum(spent)", "volume")).isEqualTo(60);
        assertThat(limits.budgets("sum(overage)", "volume")).isEqualTo(20);
    }

    @Test
    void aVoidedHoldCountsNothingAndRepeatsCountOnce() {
        ingest(Records.record(hold(200), Outcome.OUTCOME_VOIDED).build());
        var record = Records.measured(hold(200), 1, 2);
        ingest(record, record);
        ingest(record);

        assertThat(limits.budgets("sum(spent)", "calls")).isEqualTo(1);
        assertThat(limits.budgets("sum(spent)", "volume")).isEqualTo(3);
    }

    @Test
    void aCorrectionPostsTheDifferenceToBudgetsToo() {
        var lower = hold(200);
        var higher = hold(200);
        ingest(estimated(lower, 100), estimated(higher, 100));

        ingest(corrected(lower, 40), corrected(higher, 130), corrected(lower, 40));

        assertThat(limits.budgets("sum(spent)", "volume")).isEqualTo(140);
        assertThat(limits.budgets("sum(corrected)", "volume")).isEqualTo(-60);
        assertThat(limits.budgets("sum(overage)", "volume")).isEqualTo(30);
        assertThat(limits.budgets("sum(spent)", "calls")).isEqualTo(2);
    }

    @Test
    void whatComesAfterItsLeaseWasClosedCountsNoMore() {
        var hold = hold(200);
        gateway.close();

        ingest(Records.measured(hold, 30, 50));

        assertThat(limits.budgets("sum(spent)", "volume")).isZero();
        assertThat(limits.budgets("sum(overage)", "volume")).isZero();
    }

    @Test
    void shadowCountsAndSaysWhatItWouldHaveRefused() {
        limits.put(
                limits.builder("soft")
                        .setMode(Quota.Mode.MODE_SHADOW)
                        .addLimits(
                                Limits.limit(METRIC_REQUESTS, WINDOW_DAY, 2).addModels("gpt-*")));
        BANK.get(CreditOffice.class).rounds().followPolicies();

        for (int i = 0; i < 3; i++) {
            ingest(Records.measured(hold(10), 1, 1));
        }
        records.model("other");
        ingest(Records.measured(hold(10), 1, 1));

        assertThat(limits.budgets("sum(observed)", "soft")).isEqualTo(3);
        assertThat(limits.budgets("sum(would_have_refused)", "soft")).isEqualTo(1);
        assertThat(limits.budgets("sum(spent + leased)", "soft")).isZero();
    }

    @Test
    void aCorrectionChangesWhatShadowCountedWhateverTheLimitIsByThen() {
        var voided = hold(10);
        var lower = hold(90);
        var higher = hold(90);
        var before = hold(10);
        ingest(estimated(before, 7));
        softTokens(Quota.Mode.MODE_SHADOW);
        ingest(estimated(lower, 100), estimated(higher, 100));
        ingest(Records.record(voided, Outcome.OUTCOME_VOIDED).build());
        assertThat(limits.budgets("sum(observed)", "soft")).isEqualTo(200);

        ingest(corrected(lower, 40), corrected(lower, 40));
        softTokens(Quota.Mode.MODE_ENFORCE);
        ingest(corrected(higher, 130), corrected(voided, 5), corrected(before, 1));
        ingest(corrected(higher, 999));

        assertThat(limits.budgets("sum(observed)", "soft")).isEqualTo(40 + 130 + 5);
        assertThat(limits.budgets("sum(spent + overage)", "soft")).isZero();
    }

    @Test
    void anEstimateAndItsCorrectionInOneBatchCountOnceInShadow() {
        softTokens(Quota.Mode.MODE_SHADOW);
        var first = hold(90);
        var second = hold(90);

        ingest(estimated(first, 100), corrected(first, 30));
        ingest(corrected(second, 8));
        ingest(estimated(second, 100));

        assertThat(limits.budgets("sum(observed)", "soft")).isEqualTo(38);
    }

    private void softTokens(Quota.Mode mode) {
        limits.put(
                limits.builder("soft")
                        .setMode(mode)
                        .addLimits(Limits.limit(METRIC_TOTAL_TOKENS, WINDOW_MONTH, 5_000)));
        BANK.get(CreditOffice.class).rounds().followPolicies();
    }

    @Test
    void aFreeRequestCountsAsARequestAndItsTokensNowhere() {
        limits.put(
                limits.builder("soft")
                        .setMode(Quota.Mode.MODE_SHADOW)
                        .addLimits(Limits.limit(METRIC_TOTAL_TOKENS, WINDOW_MONTH, 5)));
        BANK.get(CreditOffice.class).rounds().followPolicies();
        var estimated = free();
        ingest(Records.measured(free(), 900, 0), estimated(estimated, 800));
        ingest(Records.record(free(), Outcome.OUTCOME_VOIDED).build());
        ingest(Records.record(free(), Outcome.OUTCOME_UNREPORTED).build());

        ingest(corrected(estimated, 700));

        assertThat(limits.budgets("sum(spent)", "calls")).isEqualTo(3);
        assertThat(limits.budgets("sum(observed)", "soft")).isZero();
        assertThat(limits.budgets("sum(would_have_refused)", "soft")).isZero();
    }

    /** It takes a request and no tokens, though it may have many. */
    private Hold free() {
        return records.holdAt(Instant.now(), 0)
                .setFree(true)
                .setInputTokens(1_000)
                .addTaken(Taken.newBuilder().setLeaseId(requests).setAmount(1))
                .build();
    }

    @Test
    void aZoneInShadowChangesWithTheNextWindowAndEnforceGoesOnWithTheSameCount() {
        var at = Instant.now();
        shadow("Asia/Shanghai");
        ingest(Records.measured(holdAt(at), 1, 1));
        shadow("America/New_York");
        ingest(Records.measured(holdAt(at), 1, 1));
        assertThat(limits.budgets("count(*)", "soft")).as("windows").isEqualTo(1);
        assertThat(limits.budgets("sum(observed)", "soft")).isEqualTo(2);

        limits.put(
                limits.builder("soft")
                        .setTimeZone("America/New_York")
                        .addLimits(Limits.limit(METRIC_REQUESTS, WINDOW_MONTH, 9)));
        gateway.grant(gateway.ask(new Want(new Want.OfBudget(limits.key("soft", ""), 0), 1, 1)));

        assertThat(limits.budgets("count(*)", "soft")).as("windows").isEqualTo(1);
        assertThat(limits.budgets("sum(leased)", "soft")).isEqualTo(1);
        assertThat(limits.budgets("sum(amount)", "soft")).isEqualTo(9);
    }

    @Test
    void aWindowInShadowThatTheDatabaseForgotIsMadeAgain() {
        var at = Instant.now();
        shadow("Asia/Shanghai");
        ingest(Records.measured(holdAt(at), 1, 1));
        BANK.owner()
                .update(
                        "DELETE FROM billing.budget WHERE tenant_id = ? AND quota_name = 'soft'",
                        tenant);

        ingest(Records.measured(holdAt(at), 1, 1));

        assertThat(limits.budgets("sum(observed)", "soft")).isEqualTo(1);
    }

    private void shadow(String zone) {
        limits.put(
                limits.builder("soft")
                        .setMode(Quota.Mode.MODE_SHADOW)
                        .setTimeZone(zone)
                        .addLimits(Limits.limit(METRIC_REQUESTS, WINDOW_MONTH, 5)));
        BANK.get(CreditOffice.class).rounds().followPolicies();
    }

    private Hold holdAt(Instant at) {
        return records.holdAt(at, 0).setUnmetered(true).build();
    }

    @Test
    void absurdUsageIsKeptApartAndNeverStopsTheRest() {
        var negative =
                Records.record(hold(10), Outcome.OUTCOME_MEASURED)
                        .setTokens(Tokens.newBuilder().setOutput(-1))
                        .build();
        var huge =
                Records.record(hold(10), Outcome.OUTCOME_MEASURED)
                        .setTokens(Tokens.newBuilder().setInput(Long.MAX_VALUE).setOutput(9))
                        .build();
        var taken =
                Records.measured(
                        hold(10).toBuilder()
                                .setTaken(1, Taken.newBuilder().setLeaseId(tokens).setAmount(-3))
                                .build(),
                        1,
                        1);

        var outcome =
                BANK.get(UsageIngest.class)
                        .ingest(
                                "g",
                                List.of(negative, huge, taken, Records.measured(hold(10), 1, 1)));

        assertThat(outcome.rejected()).hasSize(3);
        assertThat(limits.budgets("sum(spent)", "volume")).isEqualTo(2);
    }

    private Hold hold(long tokensTaken) {
        return records.holdAt(Instant.now(), 0)
                .setUnmetered(true)
                .addTaken(Taken.newBuilder().setLeaseId(requests).setAmount(1))
                .addTaken(Taken.newBuilder().setLeaseId(tokens).setAmount(tokensTaken))
                .build();
    }

    private static UsageRecord estimated(Hold hold, long output) {
        return Records.record(hold, Outcome.OUTCOME_ESTIMATED)
                .setTokens(Tokens.newBuilder().setOutput(output))
                .build();
    }

    private static UsageRecord corrected(Hold hold, long output) {
        return Records.measured(hold, 0, output).toBuilder().setCorrection(true).build();
    }

    private static void ingest(UsageRecord... all) {
        assertThat(BANK.get(UsageIngest.class).ingest("g", List.of(all)).rejected()).isEmpty();
    }
}
