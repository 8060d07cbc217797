package io.apihub.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Bank;
import io.apihub.model.money.Credits;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeasesIT {

    private final Bank bank = new Bank();
    private final Gateway gateway = new Gateway(bank);
    private final UUID tenant = bank.registry().tenant("t-" + UUID.randomUUID());

    @AfterEach
    void sound() {
        bank.assertSound();
    }

    @Test
    void aLeaseIsWhatIsWishedButLeavesTheOthersTheirPart() {
        bank.grant(tenant, 1_000_000);
        long gateways =
                bank.count("SELECT count(*) FROM billing.incarnation WHERE state = 'ACTIVE'");

        var modest = gateway.grant(gateway.ask(tenant, 10, 600));
        var greedy = gateway.grant(gateway.ask(tenant, 10, 999_999));
        var needy = gateway.grant(gateway.ask(tenant, 400_000, 999_999));

        assertThat(granted(modest)).isEqualTo(Math.min(600, 1_000_000 / (2 * gateways)));
        assertThat(granted(greedy)).isEqualTo((1_000_000 - granted(modest)) / (2 * gateways));
        assertThat(granted(needy)).isGreaterThanOrEqualTo(400_000);
    }

    @Test
    void lessThanIsNeededIsRefusedWithWhatIsLeft() {
        bank.grant(tenant, 1_000);

        var answer = gateway.grant(gateway.ask(tenant, 1_001, 5_000));

        assertThat(((Answer.Refused) answer).refusals())
                .containsExactly(new Answer.Refusal(0, Answer.Reason.EXHAUSTED, 1_000, 0));
    }

    @Test
    void whatOthersHoldIsLeasedElsewhere() {
        bank.grant(tenant, 1_000);
        var other = new Gateway(bank);
        other.lease(tenant, 900);

        var refused = (Answer.Refused) gateway.grant(gateway.ask(tenant, 500));
        assertThat(reason(refused)).isEqualTo(Answer.Reason.LEASED_ELSEWHERE);
        assertThat(refused.recalls()).containsOnlyKeys(other.incarnation());
        assertThat(reason(gateway.grant(gateway.ask(tenant, 1_500))))
                .isEqualTo(Answer.Reason.EXHAUSTED);
    }

    /** Its successor is about to say what is open of it; the account is not exhausted yet. */
    @Test
    void whatAGatewayThatJustDiedHoldsMayComeBack() {
        bank.grant(tenant, 1_000);
        var died = new Gateway(bank);
        died.lease(tenant, 900);

        bank.get(CreditStore.class).park(died.incarnation(), "g");
        assertThat(reason(gateway.grant(gateway.ask(tenant, 500))))
                .isEqualTo(Answer.Reason.LEASED_ELSEWHERE);

        bank.owner()
                .update(
                        "UPDATE billing.incarnation SET parked_at = parked_at"
                                + " - make_interval(secs => 31) WHERE incarnation = ?",
                        died.incarnation());
        assertThat(reason(gateway.grant(gateway.ask(tenant, 500))))
                .isEqualTo(Answer.Reason.EXHAUSTED);
    }

    @Test
    void aRepeatedRequestGetsTheSameLease() {
        bank.grant(tenant, 1_000);
        var ask = gateway.ask(tenant, 300);

        var first = gateway.grant(ask);
        var second = gateway.grant(ask);
        var both = bank.get(Leases.class).grant(List.of(ask, ask));

        assertThat(((Answer.Granted) second).parts()).isEqualTo(((Answer.Granted) first).parts());
        assertThat(both).hasSize(2);
        assertThat(((Answer.Granted) both.get(1)).parts())
                .isEqualTo(((Answer.Granted) first).parts());
        assertThat(bank.account(tenant).leased()).isEqualTo(new Credits(300));
    }

    @Test
    void aRequestTwiceInOneBatchIsGrantedOnce() {
        bank.grant(tenant, 1_000);
        var ask = gateway.ask(tenant, 300);

        bank.get(Leases.class).grant(List.of(ask, ask));

        assertThat(bank.account(tenant).leased()).isEqualTo(new Credits(300));
    }

    @Test
    void allWantsOfARequestOrNone() {
        bank.grant(tenant, 1_000);
        var poor = bank.registry().tenant("poor-" + UUID.randomUUID());
        var ask =
                gateway.ask(
                        new Want(new Want.OfAccount(tenant), 10, 10),
                        new Want(new Want.OfAccount(poor), 10, 10));

        var answer = gateway.grant(ask);

        assertThat(reason(answer)).isEqualTo(Answer.Reason.EXHAUSTED);
        assertThat(bank.account(tenant).leased()).isEqualTo(Credits.ZERO);
    }

    @Test
    void aTenantThatNobodyKnowsIsRefused() {
        assertThat(reason(gateway.grant(gateway.ask(UUID.randomUUID(), 1))))
                .isEqualTo(Answer.Reason.UNKNOWN_SUBJECT);
    }

    @Test
    void aCreditLimitIsLeasedTooAndLoweringItStopsGrants() {
        bank.registry().creditLimit(tenant, new Credits(500));
        gateway.lease(tenant, 400);

        bank.registry().creditLimit(tenant, Credits.ZERO);

        assertThat(reason(gateway.grant(gateway.ask(tenant, 1))))
                .isEqualTo(Answer.Reason.EXHAUSTED);
        assertThat(bank.account(tenant).available()).isEqualTo(new Credits(-400));
    }

    @Test
    void returnsAreRunningTotalsSoRepeatsAndReorderingAreHarmless() {
        bank.grant(tenant, 1_000);
        long lease = gateway.lease(tenant, 1_000);

        gateway.giveBack(lease, 300, false);
        gateway.giveBack(lease, 700, false);
        gateway.giveBack(lease, 300, false);
        gateway.giveBack(lease, 700, false);

        assertThat(bank.account(tenant).leased()).isEqualTo(new Credits(300));
    }

    @Test
    void moreThanIsOpenNeverComesBack() {
        bank.grant(tenant, 1_000);
        long lease = gateway.lease(tenant, 400);

        gateway.giveBack(lease, 5_000, true);
        gateway.giveBack(lease, -7, false);

        assertThat(bank.account(tenant).leased()).isEqualTo(Credits.ZERO);
        assertThat(state(lease)).isEqualTo("CLOSED");
    }

    @Test
    void whatAGatewayKnowsNothingOfComesBackWholeOnTheSameTimelineOnly() {
        bank.grant(tenant, 1_000);
        long lease = gateway.lease(tenant, 400);
        long timeline = bank.get(CreditStore.class).reading().timeline();
        var all = List.of(new Leases.GivenBack(lease, Long.MAX_VALUE, true, 0));

        bank.get(Leases.class).giveBack(all, timeline + 1);
        assertThat(bank.account(tenant).leased()).isEqualTo(new Credits(400));
        bank.get(Leases.class).giveBack(all, timeline);
        bank.get(Leases.class).giveBack(all, timeline);

        assertThat(bank.account(tenant).leased()).isEqualTo(Credits.ZERO);
        assertThat(state(lease)).isEqualTo("CLOSED");
    }

    @Test
    void oneLeaseTwiceInOneReturnCountsTheLargerTotal() {
        bank.grant(tenant, 1_000);
        long lease = gateway.lease(tenant, 1_000);

        bank.get(Leases.class)
                .giveBack(
                        List.of(
                                new Leases.GivenBack(lease, 600, false, 0),
                                new Leases.GivenBack(lease, 200, false, 0),
                                new Leases.GivenBack(lease, 650, false, 0)));

        assertThat(bank.account(tenant).leased()).isEqualTo(new Credits(350));
    }

    @Test
    void closingAnIncarnationReturnsItsLeasesAndEndsGrants() {
        bank.grant(tenant, 1_000);
        long lease = gateway.lease(tenant, 800);

        gateway.close();
        gateway.close();

        assertThat(bank.account(tenant).leased()).isEqualTo(Credits.ZERO);
        assertThat(state(lease)).isEqualTo("CLOSED");
        assertThat(reason(gateway.grant(gateway.ask(tenant, 1))))
                .isEqualTo(Answer.Reason.NOT_GRANTING);
    }

    @Test
    void theLeasesOfAVanishedIncarnationStayCounted() {
        bank.grant(tenant, 1_000);
        long lease = gateway.lease(tenant, 800);
        bank.owner()
                .update(
                        "UPDATE billing.incarnation SET last_seen = now() - interval '1 day'"
                                + " WHERE incarnation = ?",
                        gateway.incarnation());

        int parked = bank.get(CreditStore.class).parkSilent(Duration.ofSeconds(30));

        assertThat(parked).isPositive();
        assertThat(state(lease)).isEqualTo("PARKED");
        assertThat(bank.account(tenant).leased()).isEqualTo(new Credits(800));
        bank.get(CreditStore.class).hello(gateway.incarnation(), "back");
        assertThat(state(lease)).isEqualTo("ACTIVE");
    }

    private String state(long lease) {
        return Objects.requireNonNull(
                bank.jdbc()
                        .queryForObject(
                                "SELECT state FROM billing.lease WHERE lease_id = ?",
                                String.class,
                                lease));
    }

    private static long granted(Answer answer) {
        return ((Answer.Granted) answer).parts().getFirst().granted();
    }

    private static Answer.Reason reason(Answer answer) {
        return ((Answer.Refused) answer).refusals().getFirst().reason();
    }
}
