package io.apihub.billing.budget;

import static io.apihub.policy.v1.Limit.Metric.METRIC_CONCURRENCY;
import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static io.apihub.policy.v1.Limit.Window.WINDOW_MINUTE;
import static io.apihub.policy.v1.Limit.Window.WINDOW_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import io.apihub.credit.v1.Found;
import io.apihub.credit.v1.Inventory;
import io.apihub.credit.v1.LeaseState;
import io.apihub.model.money.Credits;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the next process says of a killed one's leases, on the real tables. */
class FoundLeasesIT {

    private final Bank bank = new Bank();
    private final Gateway killed = new Gateway(bank);
    private final Leases leases = bank.get(Leases.class);
    private final long timeline = bank.get(CreditStore.class).reading().timeline();
    private final String name = "f-" + UUID.randomUUID();
    private final UUID tenant = bank.registry().tenant(name);
    private final Limits limits = new Limits(bank, tenant, name);

    @AfterEach
    void sound() {
        bank.assertSound();
    }

    private void found(Map<Long, Long> open) {
        leases.keep(Map.of(killed.incarnation(), open), timeline);
    }

    private Credits leased() {
        return bank.account(tenant).leased();
    }

    @Test
    void whatIsNotOpenComesBackAndTheRestWithTheEnd() {
        bank.grant(tenant, 1_000);
        long first = killed.lease(tenant, 500);
        killed.lease(tenant, 300);

        found(Map.of(first, 120L));

        assertThat(leased()).isEqualTo(new Credits(120));
        found(Map.of(first, 120L));
        found(Map.of(first, 400L));
        assertThat(leased()).as("a repeat, or what was said before").isEqualTo(new Credits(120));
        killed.giveBack(first, 380, true);
        killed.giveBack(first, 90, true);
        assertThat(leased()).as("what the killed one said last").isEqualTo(new Credits(120));
        killed.close();
        assertThat(leased()).isEqualTo(Credits.ZERO);
    }

    @Test
    void ofAnotherTimelineItSaysNothing() {
        bank.grant(tenant, 1_000);
        killed.lease(tenant, 500);

        leases.keep(Map.of(killed.incarnation(), Map.of()), timeline + 1);

        assertThat(leased()).isEqualTo(new Credits(500));
    }

    @Test
    void budgetsAndRatesComeBackAndSlotsWait() {
        var day = limits.quota("day", METRIC_REQUESTS, WINDOW_DAY, 10);
        var rate = limits.quota("rate", METRIC_REQUESTS, WINDOW_MINUTE, 60);
        var slots = limits.quota("slots", METRIC_CONCURRENCY, WINDOW_UNSPECIFIED, 5);
        killed.grant(
                killed.ask(
                        new Want(new Want.OfBudget(day, 0), 10, 10),
                        new Want(new Want.OfShare(rate), 60, 60),
                        new Want(new Want.OfShare(slots), 5, 5)));

        found(Map.of());

        assertThat(limits.budgets("sum(leased)", "day")).isZero();
        var next = new Gateway(bank);
        assertThat(next.grant(next.ask(new Want(new Want.OfShare(rate), 60, 60))))
                .isInstanceOf(Answer.Granted.class);
        assertThat(next.grant(next.ask(new Want(new Want.OfShare(slots), 1, 1))))
                .isInstanceOf(Answer.Refused.class);
    }

    @Test
    void aNegativeAmountIsNoInventory() {
        var inventory =
                Inventory.newBuilder()
                        .setIncarnation(ByteString.copyFrom(new byte[16]))
                        .addLeases(LeaseState.newBuilder().setLeaseId(1).setOpen(-1));

        assertThatThrownBy(() ->
                        CreditMessages.found(Found.newBuilder().addIncarnations(inventory).build()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
