package io.apihub.billing.usage;

import static io.apihub.usage.v1.UsageRecord.Outcome.OUTCOME_ESTIMATED;
import static io.apihub.usage.v1.UsageRecord.Outcome.OUTCOME_VOIDED;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Gateway;
import io.apihub.billing.ledger.LedgerSpan;
import io.apihub.billing.ledger.LedgerSpans;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Records;
import io.apihub.model.money.Credits;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** That sums by model are those of the ledger, whatever became of requests. */
class ChargedUsageIT {

    private static final Bank BANK = new Bank();
    private static final long BOOK =
            BANK.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");
    private static final Set<TransactionKind> OF_REQUESTS =
            Set.of(TransactionKind.USAGE, TransactionKind.OVERAGE, TransactionKind.CORRECTION);

    private final UUID tenant = BANK.registry().tenant("c-" + UUID.randomUUID());
    private final Gateway gateway = new Gateway(BANK);
    private final Records records = new Records(tenant, gateway.incarnation(), BOOK);

    @Test
    void whateverBecomesOfARequestItsModelIsChargedWhatTheLedgerHas() {
        BANK.grant(tenant, 100_000);
        long lease = gateway.lease(tenant, 10_000);
        records.model("small");
        ingest(Records.measured(records.hold(lease, 200), 30, 50));
        ingest(
                Records.record(records.hold(lease, 200), OUTCOME_VOIDED).setStatus(502).build(),
                Records.measured(records.hold(lease, 100), 60, 65));
        var estimate = records.hold(lease, 200);
        ingest(estimated(estimate, 100));
        ingest(correction(estimate, 40));
        var beyond = records.hold(lease, 100);
        ingest(estimated(beyond, 150));
        ingest(correction(beyond, 170));
        records.model("large");
        var nothing = records.hold(lease, 300);
        ingest(Records.record(nothing, OUTCOME_VOIDED).setStatus(502).build());
        ingest(correction(nothing, 250));
        ingest(Records.measured(records.holdAt(Instant.now(), 9).setUnmetered(true).build(), 9, 9));
        var late = records.hold(lease, 500);
        gateway.close();
        ingest(Records.measured(late, 400, 0));

        var models = byModel();

        assertThat(models)
                .containsExactlyInAnyOrder(
                        new ChargedUsage.OfModel("small", 4, new Credits(80 + 125 + 40 + 170)),
                        new ChargedUsage.OfModel("large", 1, new Credits(250)));
        BANK.assertSound();
    }

    private List<ChargedUsage.OfModel> byModel() {
        long account = BANK.account(tenant).id();
        var spans = BANK.get(LedgerSpans.class);
        var now = spans.now();
        var span =
                spans.between(
                        account, now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
        var models =
                BANK.get(ChargedUsage.class)
                        .byModel(
                                new ChargedUsage.Span(
                                        tenant,
                                        account,
                                        span.from(),
                                        span.to(),
                                        span.firstTransaction(),
                                        span.lastTransaction()));
        assertThat(models.stream().mapToLong(model -> model.charged().micros()).sum())
                .isEqualTo(
                        -span.kinds().stream()
                                .filter(kind -> OF_REQUESTS.contains(kind.kind()))
                                .map(LedgerSpan.Kind::amount)
                                .mapToLong(Credits::micros)
                                .sum());
        return models;
    }

    private static UsageRecord estimated(Hold hold, long tokens) {
        return Records.record(hold, OUTCOME_ESTIMATED)
                .setTokens(Tokens.newBuilder().setInput(tokens))
                .build();
    }

    private static UsageRecord correction(Hold hold, long tokens) {
        return Records.measured(hold, tokens, 0).toBuilder().setCorrection(true).build();
    }

    private static void ingest(UsageRecord... batch) {
        assertThat(BANK.get(UsageIngest.class).ingest("gateway-0", List.of(batch)).rejected())
                .isEmpty();
    }
}
