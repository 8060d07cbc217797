package io.apihub.billing.usage;

import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.CreditOffice;
import io.apihub.billing.budget.Gateway;
import io.apihub.billing.budget.Want;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import io.apihub.billing.testing.Records;
import io.apihub.usage.v1.Taken;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When an operator hears that a limit's alertPercent is reached. */
class AlertIT {

    private static final Bank BANK = new Bank();
    private static final long BOOK =
            BANK.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");

    private final Gateway gateway = new Gateway(BANK);
    private final String name = "a-" + UUID.randomUUID();
    private final UUID tenant = BANK.registry().tenant(name);
    private final Limits limits = new Limits(BANK, tenant, name);

    @Test
    void theHighestPercentageReachedIsToldAndTakenBackWhenTheLimitIsRaised() {
        amount(10);
        var want = new Want(new Want.OfBudget(limits.key("q", ""), 0), 10, 10);
        var granted = (Answer.Granted) gateway.grant(gateway.ask(want));
        long lease = granted.parts().getFirst().lease();

        use(lease, 4);
        assertThat(alerts()).as("leased is not used").isEmpty();
        use(lease, 1);
        assertThat(alerts()).containsExactly("50 false");
        use(lease, 3);
        assertThat(alerts()).containsExactly("80 false");
        use(lease, 2);
        assertThat(alerts()).containsExactly("80 true");

        amount(18);
        BANK.get(CreditOffice.class).rounds().followPolicies();
        assertThat(alerts()).containsExactly("50 false");
        amount(100);
        BANK.get(CreditOffice.class).rounds().followPolicies();
        assertThat(alerts()).containsExactly("0 false");
    }

    private void amount(long amount) {
        limits.put(
                limits.builder("q")
                        .addLimits(
                                Limits.limit(METRIC_REQUESTS, WINDOW_DAY, amount)
                                        .addAllAlertPercent(List.of(50, 80))));
    }

    private void use(long lease, int requests) {
        var records = new Records(tenant, gateway.incarnation(), BOOK);
        for (int i = 0; i < requests; i++) {
            var hold =
                    records.holdAt(Instant.now(), 0)
                            .setUnmetered(true)
                            .addTaken(Taken.newBuilder().setLeaseId(lease).setAmount(1));
            var record = Records.measured(hold.build(), 1, 1);
            assertThat(BANK.get(UsageIngest.class).ingest("g", List.of(record)).rejected())
                    .isEmpty();
        }
    }

    private List<String> alerts() {
        return BANK.jdbc()
                .query(
                        "SELECT alerting_percent, exhausted FROM billing.limit_state"
                                + " WHERE tenant_id = ?",
                        (row, number) -> row.getInt(1) + " " + row.getBoolean(2),
                        tenant);
    }
}
