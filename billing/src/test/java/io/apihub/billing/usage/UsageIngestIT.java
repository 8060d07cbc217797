package io.apihub.billing.usage;

import static io.apihub.usage.v1.UsageRecord.Outcome.OUTCOME_ESTIMATED;
import static io.apihub.usage.v1.UsageRecord.Outcome.OUTCOME_MEASURED;
import static io.apihub.usage.v1.UsageRecord.Outcome.OUTCOME_QUARANTINED;
import static io.apihub.usage.v1.UsageRecord.Outcome.OUTCOME_UNREPORTED;
import static io.apihub.usage.v1.UsageRecord.Outcome.OUTCOME_VOIDED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.billing.budget.Gateway;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Records;
import io.apihub.model.money.Credits;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of usage records. The price is one micro-unit a token, unless a test says else. */
class UsageIngestIT {

    private static final Bank BANK = new Bank();
    private static final long BOOK =
            BANK.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");

    private final Gateway gateway = new Gateway(BANK);
    private final UUID tenant = BANK.registry().tenant("t-" + UUID.randomUUID());
    private final Records records = new Records(tenant, gateway.incarnation(), BOOK);
    private long lease;

    @BeforeEach
    void aLeaseOfAThousand() {
        BANK.grant(tenant, 10_000);
        lease = gateway.lease(tenant, 1_000);
    }

    @AfterEach
    void sound() {
        BANK.assertSound();
    }

    @Test
    void aRecordMovesItsCostFromLeasedToSpentAndPostsIt() {
        ingest(Records.measured(records.hold(lease, 200), 30, 50));

        assertThat(balance()).isEqualTo(9_920);
        assertThat(leased()).isEqualTo(920);
        assertThat(BANK.count("SELECT spent FROM billing.lease WHERE lease_id = ?", lease))
                .isEqualTo(80);
        assertThat(
                        BANK.count(
                                "SELECT count(*) FROM billing.usage u"
                                        + " JOIN billing.ledger_transaction t"
                                        + " ON t.reference = 'usage/' || u.posting"
                                        + " WHERE tenant_id = ? AND kind = 'usage'",
                                tenant))
                .isEqualTo(1);
    }

    @Test
    void aBatchIsOnePostingForEachTenant() {
        var other = BANK.registry().tenant("other-" + UUID.randomUUID());
        BANK.grant(other, 1_000);
        var theirs = new Records(other, gateway.incarnation(), BOOK);
        long theirLease = gateway.lease(other, 500);

        ingest(
                Records.measured(records.hold(lease, 200), 10, 0),
                Records.measured(theirs.hold(theirLease, 200), 20, 0),
                Records.measured(records.hold(lease, 200), 30, 0));

        assertThat(postings(tenant)).isEqualTo(1);
        assertThat(postings(other)).isEqualTo(1);
        assertThat(balance()).isEqualTo(9_960);
        assertThat(BANK.account(other).balance()).isEqualTo(new Credits(980));
    }

    @Test
    void repeatsCountOnce() {
        var record = Records.measured(records.hold(lease, 200), 30, 50);
        var another = Records.measured(records.hold(lease, 200), 1, 1);

        ingest(record, record);
        ingest(another, record);
        ingest(record);

        assertThat(balance()).isEqualTo(9_918);
        assertThat(usageRows()).isEqualTo(2);
        assertThat(
                        BANK.count(
                                "SELECT sum(requests) FROM billing.usage_minute WHERE tenant_id ="
                                        + " ?",
                                tenant))
                .isEqualTo(2);
    }

    @Test
    void whatIsBeyondTheHoldIsAnOverageByName() {
        var hold = records.hold(lease, 100);

        ingest(Records.measured(hold, 60, 65));

        assertThat(balance()).isEqualTo(9_875);
        assertThat(leased()).isEqualTo(900);
        assertThat(transactions("overage")).isEqualTo(1);
        assertThat(
                        BANK.count(
                                "SELECT overage_micros FROM billing.usage WHERE tenant_id = ?",
                                tenant))
                .isEqualTo(25);
    }

    @Test
    void anOverageIsOwedEvenByAnEmptyAccount() {
        gateway.lease(tenant, 9_000);

        ingest(Records.measured(records.hold(lease, 1_000), 1_000, 500));

        assertThat(balance()).isEqualTo(8_500);
        assertThat(BANK.account(tenant).available()).isEqualTo(new Credits(-500));
    }

    @Test
    void aVoidedHoldCostsNothing() {
        ingest(Records.record(records.hold(lease, 200), OUTCOME_VOIDED).setStatus(502).build());

        assertThat(balance()).isEqualTo(10_000);
        assertThat(usageRows()).isEqualTo(1);
        assertThat(transactions("usage")).isZero();
    }

    @Test
    void quarantinedAndUnreportedHoldsAreChargedAndFlagged() {
        ingest(
                Records.record(records.hold(lease, 200), OUTCOME_QUARANTINED)
                        .setTokens(Tokens.newBuilder().setInput(-5))
                        .build(),
                Records.record(records.hold(lease, 300), OUTCOME_UNREPORTED).build());

        assertThat(balance()).isEqualTo(9_500);
        assertThat(
                        BANK.count(
                                "SELECT count(*) FROM billing.usage WHERE tenant_id = ?"
                                        + " AND estimated",
                                tenant))
                .isEqualTo(2);
    }

    @Test
    void aCorrectionPostsTheDifferenceOnce() {
        var hold = records.hold(lease, 200);
        var estimate = estimated(hold, 100);
        var truth = Records.measured(hold, 20, 10).toBuilder().setCorrection(true).build();

        ingest(estimate);
        ingest(truth);
        ingest(truth, estimate);

        assertThat(balance()).isEqualTo(9_970);
        assertThat(transactions("correction")).isEqualTo(1);
        assertThat(
                        BANK.count(
                                "SELECT cost_micros FROM billing.usage_minute WHERE tenant_id = ?"
                                        + " AND requests = 1 AND estimated_requests = 0"
                                        + " AND output_tokens = 10",
                                tenant))
                .isEqualTo(30);
    }

    @Test
    void aCorrectionInTheSameBatchOrBeforeItsEstimateIsTheSame() {
        var first = records.hold(lease, 200);
        var second = records.hold(lease, 200);

        ingest(estimated(first, 100), correction(first, 130));
        ingest(correction(second, 40));
        ingest(estimated(second, 100));

        assertThat(balance()).isEqualTo(10_000 - 130 - 40);
        assertThat(usageRows()).isEqualTo(2);
    }

    @Test
    void aMeasuredRecordIsNeverCorrected() {
        var hold = records.hold(lease, 200);

        ingest(Records.measured(hold, 10, 0));
        ingest(correction(hold, 99));

        assertThat(balance()).isEqualTo(9_990);
    }

    @Test
    void unmeteredUsageIsRatedAndNotPosted() {
        var hold = records.holdAt(Instant.now(), 500).setUnmetered(true).build();

        ingest(Records.measured(hold, 100, 100));

        assertThat(balance()).isEqualTo(10_000);
        assertThat(leased()).isEqualTo(1_000);
        assertThat(BANK.count("SELECT cost_micros FROM billing.usage WHERE tenant_id = ?", tenant))
                .isEqualTo(200);
    }

    @Test
    void aFreeRequestIsCountedOnly() {
        var hold = records.holdAt(Instant.now(), 0).setFree(true).build();

        ingest(Records.measured(hold, 1_000, 0));

        assertThat(balance()).isEqualTo(10_000);
        assertThat(usageRows()).isEqualTo(1);
    }

    @Test
    void thePriceIsTheOneOfTheHoldWhateverIsInForceNow() {
        long dearer = BANK.registry().priceBook(5_000_000, 5_000_000, "2026-02-01T00:00:00Z");

        ingest(
                Records.measured(records.hold(lease, 100), 10, 0),
                Records.measured(
                        new Records(tenant, gateway.incarnation(), dearer).hold(lease, 100),
                        10,
                        0));

        assertThat(balance()).isEqualTo(10_000 - 10 - 50);
    }

    @Test
    void thePriceFactorOfTheHoldMultipliesAndTheSumIsRoundedUpOnce() {
        var hold = records.hold(lease, 100).toBuilder().setPriceFactorMillionths(333_333).build();

        ingest(Records.measured(hold, 10, 10));

        assertThat(balance()).isEqualTo(10_000 - 7);
    }

    @Test
    void aBadRecordIsKeptApartAndItsNeighboursAreBooked() {
        var bad = records.model("gpt\0").hold(lease, 100);
        records.model("gpt-4o");
        var batch = new ArrayList<UsageRecord>();
        for (int i = 0; i < 20; i++) {
            batch.add(Records.measured(records.hold(lease, 10), 1, 0));
        }
        batch.add(13, Records.measured(bad, 5, 5));

        var outcome = ingest(batch.toArray(UsageRecord[]::new));
        ingest(batch.toArray(UsageRecord[]::new));

        assertThat(outcome.rejected()).hasSize(1);
        assertThat(outcome.rejected().getFirst().record().getHold()).isEqualTo(bad);
        assertThat(usageRows()).isEqualTo(20);
        assertThat(balance()).isEqualTo(9_980);
        assertThat(rejected(bad.getHoldId())).isEqualTo(1);
    }

    @Test
    void recordsThatMakeNoSenseAreRejectedWithTheReason() {
        var noUuid7 =
                records.hold(lease, 10).toBuilder()
                        .setHoldId(ByteString.copyFrom(new byte[16]))
                        .build();
        var noPrice = new Records(tenant, gateway.incarnation(), 987_654_321).hold(lease, 10);
        var nobody = new Records(UUID.randomUUID(), gateway.incarnation(), BOOK).hold(lease, 10);
        var other = BANK.registry().tenant("thief-" + UUID.randomUUID());
        BANK.grant(other, 100);
        var thief = new Records(other, gateway.incarnation(), BOOK).hold(lease, 10);

        var outcome =
                ingest(
                        Records.measured(noUuid7, 1, 0),
                        Records.measured(noPrice, 1, 0),
                        Records.measured(nobody, 1, 0),
                        Records.measured(thief, 1, 0),
                        Records.record(records.hold(lease, 10), OUTCOME_MEASURED)
                                .setTokens(Tokens.newBuilder().setInput(-1))
                                .build(),
                        Records.measured(records.hold(lease, 10), 1, 0));

        assertThat(outcome.rejected())
                .extracting(RejectedUsage::reason)
                .satisfiesExactlyInAnyOrder(
                        reason -> assertThat(reason).contains("version 7"),
                        reason -> assertThat(reason).contains("no price version 987654321"),
                        reason -> assertThat(reason).contains("unknown tenant"),
                        reason -> assertThat(reason).contains("is not of tenant"),
                        reason -> assertThat(reason).contains("input out of range: -1"));
        assertThat(balance()).isEqualTo(9_999);
        assertThat(BANK.account(other).balance()).isEqualTo(new Credits(100));
    }

    @Test
    void whatComesAfterItsLeaseWasClosedIsThePlatformsLoss() {
        var hold = records.hold(lease, 200);
        gateway.close();

        ingest(Records.measured(hold, 100, 0));

        assertThat(balance()).isEqualTo(10_000);
        assertThat(
                        BANK.count(
                                "SELECT count(*) FROM billing.ledger_transaction"
                                        + " WHERE kind = 'late-usage' AND reference LIKE 'late/%'"))
                .isPositive();
    }

    @Test
    void textFromOutsideNeverGetsARecordRefused() {
        var record =
                Records.measured(records.hold(lease, 10), 1, 0).toBuilder()
                        .setModelServed("x\0y")
                        .setNote("\uD83D\uDE00".repeat(400))
                        .build();

        assertThat(ingest(record).rejected()).isEmpty();
        assertThat(usageRows()).isEqualTo(1);
    }

    @Test
    void usageLandsInThePartitionOfItsDay() {
        BANK.count("SELECT 1 FROM billing.ensure_usage_partition('2031-05-06')");
        var hold =
                records.holdAt(Instant.parse("2031-05-06T23:59:59.999Z"), 10)
                        .setUnmetered(true)
                        .build();

        ingest(Records.measured(hold, 1, 0));

        assertThat(
                        BANK.count(
                                "SELECT count(*) FROM billing.usage WHERE tenant_id = ?"
                                        + " AND tableoid = 'billing.usage_20310506'::regclass"
                                        + " AND day = '2031-05-06'",
                                tenant))
                .isEqualTo(1);
    }

    private static UsageRecord estimated(Hold hold, long tokens) {
        return Records.record(hold, OUTCOME_ESTIMATED)
                .setTokens(Tokens.newBuilder().setInput(tokens))
                .build();
    }

    private static UsageRecord correction(Hold hold, long tokens) {
        return Records.measured(hold, tokens, 0).toBuilder().setCorrection(true).build();
    }

    private static UsageIngest.Outcome ingest(UsageRecord... batch) {
        return BANK.get(UsageIngest.class).ingest("gateway-0", List.of(batch));
    }

    private long balance() {
        return BANK.account(tenant).balance().micros();
    }

    private long leased() {
        return BANK.account(tenant).leased().micros();
    }

    private long usageRows() {
        return BANK.count("SELECT count(*) FROM billing.usage WHERE tenant_id = ?", tenant);
    }

    private long postings(UUID of) {
        return BANK.count(
                "SELECT count(DISTINCT posting) FROM billing.usage WHERE tenant_id = ?", of);
    }

    private long transactions(String kind) {
        return BANK.count(
                "SELECT count(*) FROM billing.ledger_transaction"
                        + " JOIN billing.ledger_entry USING (transaction_id)"
                        + " JOIN billing.account USING (account_id)"
                        + " WHERE tenant_id = ? AND kind = ?",
                tenant,
                kind);
    }

    private static long rejected(ByteString holdId) {
        return BANK.count(
                "SELECT count(*) FROM billing.usage_rejected WHERE hold_id = ?",
                (Object) holdId.toByteArray());
    }
}
