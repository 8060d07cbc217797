package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.credit.v1.Refusal.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long requests wait at a desk, and how long it remembers what nobody uses. */
class TenantDeskTimeTest extends DeskFixture {

    @Test
    void onlyItsTimeLimitsHowOftenARequestPauses() {
        bank.reason = Reason.REASON_LEASED_ELSEWHERE;
        await(money(100));
        delayed.removeFirst();
        for (int i = 0; i < 100; i++) {
            bank.answerAll();
            runDelayed();
        }
        assertThat(found).isEmpty();
        bank.free(ACCOUNT, 150);
        bank.answerAll();

        assertThat(found).containsExactly(new Waiting.Found.Taken());
    }

    /** Billing reads the registry itself: a limit that it does not know is gone, or replaced. */
    @Test
    void whoMeetsTheEndOfALimitIsDecidedAgainAfterAShortPauseAndTheOthersGoOn() {
        bank.free(ACCOUNT, 100_000);
        bank.reason = Reason.REASON_UNKNOWN;
        await(claim(10, 0, of(ACCOUNT), of(DAY)));
        await(claim(10, 0, of(ACCOUNT)));
        var patience = List.copyOf(delayed);
        delayed.clear();
        bank.answerAll();
        assertThat(found).as("pauses").isEmpty();

        runDelayed();

        assertThat(found).containsExactly(new Waiting.Found.None(new HoldOutcome.Superseded()));
        bank.answerAll();
        assertThat(found).hasSize(2).endsWith(new Waiting.Found.Taken());
        patience.forEach(Runnable::run);
        assertThat(found).as("told once").hasSize(2);
    }

    @Test
    void whoGaveUpInThePauseIsNotDecidedAgain() {
        bank.reason = Reason.REASON_UNKNOWN;
        await(claim(0, 0, of(DAY)));
        var patience = delayed.removeFirst();
        bank.answerAll();
        patience.run();
        runDelayed();

        assertThat(found).hasSize(1);
        var outcome = ((Waiting.Found.None) found.getFirst()).outcome();
        assertThat(outcome).isInstanceOf(HoldOutcome.Unavailable.class);
    }

    @Test
    void anAccountThatBillingDoesNotKnowIsEmpty() {
        bank.free(DAY, 5);
        bank.reason = Reason.REASON_UNKNOWN;
        await(claim(10, 0, of(ACCOUNT), of(DAY)));
        bank.answerAll();

        assertThat(refusals(0)).extracting(Refusal::subject).containsExactly(ACCOUNT);
    }

    @Test
    void theTimeToWaitGoesOnWithTheClaimInItsPlace() {
        var first = claim(10, 0, of(ACCOUNT));
        assertThat(first.patience(bank.now, 800)).isEqualTo(800);

        var again = claim(10, 0, of(ACCOUNT)).inPlaceOf(first);

        assertThat(again.patience(bank.now + 300, 800)).isEqualTo(500);
    }

    @Test
    void grantsThatDoNotSufficeAreNotAskedForWithoutEnd() {
        bank.free(ACCOUNT, 1_000);
        await(money(100));
        for (int i = 0; i < 30 && !bank.asked.isEmpty(); i++) {
            bank.asked
                    .removeFirst()
                    .done()
                    .accept(
                            new GrantAnswer.Granted(
                                    List.of(), new BillingTime(bank.now, bank.now, bank.millis)));
        }

        assertThat(bank.history).hasSize(20);
        assertThat(found).hasSize(1);
    }

    /** So that housekeeping costs what is in use, not what was ever used. */
    @Test
    void whatIsIdleForTwoMinutesNeedsNoLookingAfterUntilSomebodyComes() {
        bank.free(ACCOUNT, 1_000);
        var account = of(ACCOUNT);
        end(taken(claim(100, 0, account)), 40);
        assertThat(busy).hasSize(1);
        for (int i = 0; i < 12; i++) {
            seconds(10);
            renew();
            assertThat(desk.isIdle()).isFalse();
        }
        seconds(3);
        assertThat(desk.isIdle()).isTrue();

        taken(claim(100, 0, account));

        assertThat(desk.isIdle()).isFalse();
        assertThat(busy).hasSize(2);
        assertThat(of(ACCOUNT)).isSameAs(account);
    }

    @Test
    void whatIsForgottenAfterAWhileWorksAgain() {
        bank.free(ACCOUNT, 1_000);
        var old = of(ACCOUNT);
        seconds(700);
        assertThat(old.isRetired()).isTrue();
        var other = of(ACCOUNT);

        assertThat(other).isNotSameAs(old);
        taken(claim(10, 0, old));
        assertThat(other.leases()).hasSize(1);
        assertThat(old.leases()).isEmpty();
    }

    @Test
    void whatOthersHoldIsAskedForAgainUntilTheTimeIsOver() {
        bank.reason = Reason.REASON_LEASED_ELSEWHERE;
        await(money(100));
        var giveUp = delayed.removeFirst();
        bank.answerAll();
        await(money(50));
        assertThat(bank.asked).as("pauses").isEmpty();
        delayed.removeLast();

        bank.free(ACCOUNT, 150);
        runDelayed();
        bank.answerAll();
        bank.answerAll();

        assertThat(found).hasSize(2).containsOnly(new Waiting.Found.Taken());
        giveUp.run();
        assertThat(found).as("told once").hasSize(2);
    }

    @Test
    void whoWaitedTooLongIsRefusedAndTheLateLeaseServesTheNext() {
        bank.free(ACCOUNT, 1_000);
        await(money(100));
        runDelayed();
        var outcome = ((Waiting.Found.None) found.getFirst()).outcome();
        assertThat(outcome).isInstanceOf(HoldOutcome.Unavailable.class);

        bank.answerAll();

        assertThat(found).hasSize(1);
        assertThat(money(100).take(bank.now)).isTrue();
    }
}
