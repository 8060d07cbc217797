package io.apihub.billing.budget;

import static io.apihub.policy.v1.Limit.Metric.METRIC_CONCURRENCY;
import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static io.apihub.policy.v1.Limit.Window.WINDOW_MINUTE;
import static io.apihub.policy.v1.Limit.Window.WINDOW_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import io.apihub.model.money.Credits;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Quota;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What billing does unasked, on the real tables. */
class RoundsIT {

    private final Bank bank = new Bank();
    private final CreditRounds rounds = bank.get(CreditOffice.class).rounds();
    private final CreditStore store = bank.get(CreditStore.class);
    private final Gateway gateway = new Gateway(bank);
    private final String name = "r-" + UUID.randomUUID();
    private final UUID tenant = bank.registry().tenant(name);
    private final Limits limits = new Limits(bank, tenant, name);

    @AfterEach
    void sound() {
        bank.assertSound();
    }

    @Test
    void aLoweredLimitCallsItsLeasesBackAndLowersItsCeilingAsTheyCome() {
        var key = limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 100);
        long lease = lease(budget(key, 80));

        limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 50);
        rounds.followPolicies();

        assertThat(store.recalled(gateway.incarnation())).containsExactly(lease);
        assertThat(limits.budgets("max(ceiling)", "q")).isEqualTo(80);
        gateway.giveBack(lease, 80, true);
        assertThat(limits.budgets("max(ceiling)", "q")).isEqualTo(50);
        assertThat(store.recalled(gateway.incarnation())).isEmpty();
    }

    @Test
    void aDeletedLimitAndOneInShadowCallTheirLeasesBack() {
        var gone = limits.quota("gone", METRIC_REQUESTS, WINDOW_MINUTE, 60);
        var soft = limits.quota("soft", METRIC_REQUESTS, WINDOW_DAY, 60);
        long first = lease(share(gone, 60));
        long second = lease(budget(soft, 60));

        limits.delete("gone");
        limits.put(
                limits.builder("soft")
                        .setMode(Quota.Mode.MODE_SHADOW)
                        .addLimits(Limits.limit(METRIC_REQUESTS, WINDOW_DAY, 60)));
        rounds.followPolicies();

        assertThat(store.recalled(gateway.incarnation())).containsExactly(first, second);
    }

    @Test
    void aLowerCreditLimitCallsMoneyBack() {
        bank.registry().creditLimit(tenant, new Credits(500));
        long lease = lease(new Want(new Want.OfAccount(tenant), 400, 400));

        bank.registry().creditLimit(tenant, new Credits(100));
        rounds.followPolicies();

        assertThat(store.recalled(gateway.incarnation())).containsExactly(lease);
        assertThat(rounds.makeRoom(tenant, 50)).isFalse();
        gateway.giveBack(lease, 400, true);
        assertThat(rounds.makeRoom(tenant, 50)).isTrue();
    }

    @Test
    void transitionsAreToldOnceAndTakenBackWhenThereIsRoomAgain() {
        limits.put(
                limits.builder("q")
                        .addLimits(
                                Limits.limit(METRIC_REQUESTS, WINDOW_DAY, 10)
                                        .addAllAlertPercent(List.of(50, 80))));
        var key = limits.key("q", "");
        lease(budget(key, 10));
        assertThat(states("exhausted")).isZero();

        gateway.grant(gateway.ask(budget(key, 1)));
        assertThat(states("exhausted AND resets_at > now()")).isEqualTo(1);

        limits.put(
                limits.builder("q")
                        .addLimits(
                                Limits.limit(METRIC_REQUESTS, WINDOW_DAY, 20)
                                        .addAllAlertPercent(List.of(50, 80))));
        rounds.followPolicies();
        assertThat(states("NOT exhausted")).isEqualTo(1);
    }

    private long states(String which) {
        return bank.count(
                "SELECT count(*) FROM billing.limit_state WHERE tenant_id = ? AND (" + which + ")",
                tenant);
    }

    @Test
    void whatIsToldOfAWindowEndsWithIt() {
        limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 0);
        gateway.grant(gateway.ask(budget(limits.key("q", ""), 1)));
        bank.owner()
                .update(
                        "UPDATE billing.limit_state SET resets_at = now() WHERE tenant_id = ?",
                        tenant);

        rounds.remind();

        assertThat(states("NOT exhausted AND resets_at IS NULL")).isEqualTo(1);
    }

    @Test
    void theRatesOfAVanishedGatewayAreFreeAgainAndItsSlotsWait() {
        var rate = limits.quota("rate", METRIC_REQUESTS, WINDOW_MINUTE, 60);
        var slots = limits.quota("slots", METRIC_CONCURRENCY, WINDOW_UNSPECIFIED, 5);
        lease(share(rate, 60));
        lease(share(slots, 5));

        vanish("2 minutes");
        rounds.lookAfterVanished();

        var other = new Gateway(bank);
        assertThat(other.grant(other.ask(share(rate, 60)))).isInstanceOf(Answer.Granted.class);
        assertThat(other.grant(other.ask(share(slots, 1)))).isInstanceOf(Answer.Refused.class);
        vanish("2 hours");
        rounds.lookAfterVanished();
        assertThat(other.grant(other.ask(share(slots, 5)))).isInstanceOf(Answer.Granted.class);
    }

    private void vanish(String since) {
        bank.owner()
                .update(
                        "UPDATE billing.incarnation SET last_seen = now() - ?::interval"
                                + " WHERE incarnation = ?",
                        since,
                        gateway.incarnation());
        bank.owner()
                .update(
                        "UPDATE billing.lease SET created_at = now() - ?::interval"
                                + " WHERE incarnation = ?",
                        since,
                        gateway.incarnation());
    }

    @Test
    void whoHasBeenParkedForLongIsFoundAndWrittenDownOnce() {
        store.park(gateway.incarnation(), "g");
        bank.owner()
                .update(
                        "UPDATE billing.incarnation SET parked_at = now() - interval '25 hours'"
                                + " WHERE incarnation = ?",
                        gateway.incarnation());

        assertThat(store.parkedFor(Duration.ofHours(24))).contains(gateway.incarnation());
        store.giveUp(gateway.incarnation(), 2, 300);
        store.giveUp(gateway.incarnation(), 2, 300);

        assertThat(
                        bank.count(
                                "SELECT sum(open_micros) FROM billing.unattributed"
                                        + " WHERE incarnation = ?",
                                gateway.incarnation()))
                .isEqualTo(300);
        store.hello(gateway.incarnation(), "g");
        assertThat(store.parkedFor(Duration.ofHours(24))).doesNotContain(gateway.incarnation());
    }

    @Test
    void aTenantsOwnLimitsAreLeasedLikeQuotas() {
        bank.registry()
                .tenantLimits(
                        tenant,
                        io.apihub.policy.v1.Tenant.newBuilder()
                                .addLimits(
                                        Limit.newBuilder()
                                                .setName("all")
                                                .setMetric(METRIC_REQUESTS)
                                                .setWindow(WINDOW_DAY)
                                                .setAmount(3))
                                .build());
        var key = new LimitKey(new LimitName(tenant, name, "", "all"), "");

        lease(budget(key, 3));

        assertThat(gateway.grant(gateway.ask(budget(key, 1)))).isInstanceOf(Answer.Refused.class);
    }

    private long lease(Want want) {
        var answer = gateway.grant(gateway.ask(want));
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).parts().getFirst().lease();
    }

    private static Want budget(LimitKey key, long amount) {
        return new Want(new Want.OfBudget(key, 0), amount, amount);
    }

    private static Want share(LimitKey key, long amount) {
        return new Want(new Want.OfShare(key), amount, amount);
    }
}
