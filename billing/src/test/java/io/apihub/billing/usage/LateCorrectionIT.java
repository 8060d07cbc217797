package io.apihub.billing.usage;

import static io.apihub.policy.v1.Limit.Metric.METRIC_COST;
import static io.apihub.policy.v1.Limit.Metric.METRIC_TOTAL_TOKENS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Gateway;
import io.apihub.billing.budget.Want;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.ledger.LedgerSpan;
import io.apihub.billing.ledger.LedgerSpans;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import io.apihub.billing.testing.Records;
import io.apihub.model.money.Credits;
import io.apihub.policy.v1.Limit.Metric;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The truth about holds whose estimate came when their leases were closed. What was lost then was
 * never the tenant's nor its budgets': a correction of it isn't either. One micro-unit a token.
 */
class LateCorrectionIT {

    // Not the one that tests share: the drift is of all rows.
    private static Bank bank;
    private static long book;
    private static final Set<TransactionKind> OF_REQUESTS =
            Set.of(TransactionKind.USAGE, TransactionKind.OVERAGE, TransactionKind.CORRECTION);

    private final Gateway gateway;
    private final String name = "l-" + UUID.randomUUID();
    private final UUID tenant;
    private final Limits limits;
    private final Records records;
    private long lossBefore;
    private long money;
    private long tokens;
    private long costs;

    LateCorrectionIT() {
        gateway = new Gateway(bank);
        tenant = bank.registry().tenant(name);
        limits = new Limits(bank, tenant, name);
        records = new Records(tenant, gateway.incarnation(), book);
    }

    @BeforeAll
    static void start() {
        bank = Bank.on(TestDatabase.create());
        book = bank.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");
    }

    /** Of each, 80 are used in time: so that it would be seen if a budget lost some. */
    @BeforeEach
    void leases() {
        lossBefore = losses();
        bank.grant(tenant, 10_000);
        money = gateway.lease(tenant, 1_000);
        tokens = lease(METRIC_TOTAL_TOKENS, "volume");
        costs = lease(METRIC_COST, "costs");
        ingest(Records.measured(hold(200), 30, 50));
    }

    private long lease(Metric metric, String quota) {
        var key = limits.quota(quota, metric, WINDOW_DAY, 5_000);
        var answer = gateway.grant(gateway.ask(new Want(new Want.OfBudget(key, 0), 900, 900)));
        return ((Answer.Granted) answer).parts().getFirst().lease();
    }

    @AfterEach
    void exact() {
        bank.assertSound();
        assertThat(bank.get(Drift.class).now()).allSatisfy((_, rows) -> assertThat(rows).isZero());
        assertChargedIsWhatTheLedgerHas();
    }

    @AfterAll
    static void stop() {
        bank.close();
    }

    @Test
    void aSmallerTruthMakesTheLossSmallerAndNothingElse() {
        var hold = hold(200);
        gateway.close();
        ingest(estimated(hold, 100));
        assertStand(10_000 - 80, 100, 80);

        ingest(corrected(hold, 40));
        ingest(corrected(hold, 40), estimated(hold, 100));

        assertStand(10_000 - 80, 40, 80);
        assertThat(moved("late-correction/", hold)).containsOnly(Map.entry("correction", 60L));
        assertThat(moved("correction/", hold)).isEmpty();
    }

    @Test
    void aLargerTruthMakesTheLossLargerAndNothingElse() {
        var hold = hold(200);
        gateway.close();
        ingest(estimated(hold, 100));

        ingest(corrected(hold, 130));
        ingest(corrected(hold, 130));

        assertStand(10_000 - 80, 130, 80);
        assertThat(moved("late-correction/", hold)).containsOnly(Map.entry("correction", -30L));
        assertThat(moved("correction/", hold)).isEmpty();
    }

    @Test
    void manyOfOneBatchAreToldApart() {
        var inTime = hold(200);
        ingest(estimated(inTime, 100));
        var lower = hold(200);
        var higher = hold(200);
        var same = hold(200);
        gateway.close();
        ingest(estimated(lower, 100), estimated(higher, 100), estimated(same, 100));
        assertStand(10_000 - 180, 300, 180);

        ingest(
                corrected(higher, 170),
                corrected(inTime, 90),
                corrected(same, 100),
                corrected(lower, 5));

        assertStand(10_000 - 170, 275, 170);
        assertThat(moved("late-correction/", same)).isEmpty();
        assertThat(moved("late-correction/", inTime)).isEmpty();
    }

    @Test
    void anEstimateAndItsCorrectionInOneLateBatchAreTheSame() {
        var lower = hold(200);
        var higher = hold(200);
        gateway.close();

        ingest(
                estimated(lower, 100),
                corrected(lower, 40),
                estimated(higher, 100),
                corrected(higher, 130));

        assertStand(10_000 - 80, 170, 80);
    }

    /** One of its two leases of money is closed: the tenant had 30 of it and an overage of 20. */
    @Test
    void ofAnEstimateThatWasLostInPartTheLossShrinksFirst() {
        long other = gateway.lease(tenant, 500);
        var deep = inPart(other);
        var shallow = inPart(other);
        var higher = inPart(other);
        gateway.giveBack(money, 1_000 - 80, true);
        ingest(estimated(deep, 120), estimated(shallow, 120), estimated(higher, 120));
        assertThat(loss()).isEqualTo(3 * 70);
        assertThat(balance()).isEqualTo(10_000 - 80 - 3 * 50);

        ingest(corrected(deep, 10), corrected(shallow, 90), corrected(higher, 150));

        assertThat(loss()).isEqualTo(0 + 40 + 100);
        assertThat(balance()).isEqualTo(10_000 - 80 - 10 - 50 - 50);
    }

    private void assertStand(long balance, long loss, long counted) {
        assertThat(balance()).as("balance").isEqualTo(balance);
        assertThat(loss()).as("loss").isEqualTo(loss);
        for (var quota : List.of("volume", "costs")) {
            assertThat(limits.budgets("sum(spent + overage)", quota)).as(quota).isEqualTo(counted);
        }
    }

    private void assertChargedIsWhatTheLedgerHas() {
        long account = bank.account(tenant).id();
        var spans = bank.get(LedgerSpans.class);
        var now = spans.now();
        var span =
                spans.between(
                        account, now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
        var charged =
                bank
                        .get(ChargedUsage.class)
                        .byModel(
                                new ChargedUsage.Span(
                                        tenant,
                                        account,
                                        span.from(),
                                        span.to(),
                                        span.firstTransaction(),
                                        span.lastTransaction()))
                        .stream()
                        .mapToLong(model -> model.charged().micros())
                        .sum();
        long ofRequests =
                span.kinds().stream()
                        .filter(kind -> OF_REQUESTS.contains(kind.kind()))
                        .map(LedgerSpan.Kind::amount)
                        .mapToLong(Credits::micros)
                        .sum();
        assertThat(charged).as("statement").isEqualTo(-ofRequests).isEqualTo(10_000 - balance());
        assertThat(charged + loss())
                .as("what was served is charged or lost")
                .isEqualTo(
                        bank.count(
                                "SELECT sum(cost_micros) FROM billing.usage WHERE tenant_id = ?",
                                tenant));
    }

    private Hold hold(long amount) {
        return records.holdAt(Instant.now(), amount)
                .addTaken(taken(money, amount))
                .addTaken(taken(tokens, amount))
                .addTaken(taken(costs, amount))
                .build();
    }

    private Hold inPart(long other) {
        return records.holdAt(Instant.now(), 100)
                .addTaken(taken(money, 70))
                .addTaken(taken(other, 30))
                .build();
    }

    private static Taken taken(long lease, long amount) {
        return Taken.newBuilder().setLeaseId(lease).setAmount(amount).build();
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
        assertThat(bank.get(UsageIngest.class).ingest("g", List.of(all)).rejected()).isEmpty();
    }

    private long balance() {
        return bank.account(tenant).balance().micros();
    }

    private long loss() {
        return losses() - lossBefore;
    }

    private static long losses() {
        return bank.count(
                "SELECT coalesce(-sum(amount_micros), 0) FROM billing.ledger_entry"
                        + " WHERE account_id = ?",
                bank.platform(PlatformAccount.LATE_USAGE));
    }

    /** What transactions of a hold put on an account that is not the revenue's, by kind. */
    private static Map<String, Long> moved(String prefix, Hold hold) {
        var found = new HashMap<String, Long>();
        bank.jdbc()
                .query(
                        "SELECT kind, amount_micros FROM billing.ledger_entry"
                                + " JOIN billing.ledger_transaction USING (transaction_id)"
                                + " WHERE reference = ? || encode(?, 'hex')::uuid"
                                + " AND account_id <> ?",
                        row -> {
                            found.put(row.getString(1), row.getLong(2));
                        },
                        prefix,
                        hold.getHoldId().toByteArray(),
                        bank.platform(PlatformAccount.USAGE_REVENUE));
        return found;
    }
}
