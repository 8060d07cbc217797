package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a desk takes, asks for, gives back and refuses. */
class TenantDeskTest extends DeskFixture {

    @Test
    void everythingMissingIsAskedForAtOnceAndNothingIsHeldMeanwhile() {
        bank.free(ACCOUNT, 1_000);
        bank.free(DAY, 5);
        taken(money(100));
        assertThat(of(ACCOUNT).remaining(bank.now)).isGreaterThan(100);
        long before = of(ACCOUNT).remaining(bank.now);

        await(claim(50, 10, of(ACCOUNT), of(DAY), of(SLOTS)));

        assertThat(bank.history.getLast()).hasSize(2);
        assertThat(of(ACCOUNT).remaining(bank.now)).isEqualTo(before);
        bank.free(SLOTS, 1);
        bank.answerAll();
        assertThat(found).containsExactly(new Waiting.Found.Taken());
        assertThat(of(ACCOUNT).remaining(bank.now)).isEqualTo(before - 50);
    }

    @Test
    void requestsThatMissTogetherShareOneGrant() {
        bank.free(ACCOUNT, 10_000);
        for (int i = 0; i < 50; i++) {
            await(money(100));
        }

        assertThat(bank.history).hasSize(1);
        bank.answerAll();

        assertThat(found).hasSize(50).containsOnly(new Waiting.Found.Taken());
        assertThat(bank.history).hasSizeLessThan(10);
    }

    @Test
    void whoNeedsMoreThanThereIsIsToldWhatThereIs() {
        bank.free(ACCOUNT, 30);
        await(money(700));
        bank.answerAll();

        assertThat(refusals(0))
                .containsExactly(
                        new Refusal(ACCOUNT, 700, 30, Long.MAX_VALUE, Refusal.NEVER, true));
    }

    @Test
    void billingsNoIsBelievedForAMomentButNotForWhoNeedsLess() {
        bank.free(ACCOUNT, 30);
        await(money(700));
        bank.answerAll();
        await(money(31));
        assertThat(bank.history).hasSize(1);
        assertThat(found).hasSize(2);

        taken(money(20));
        bank.now += Duration.ofMillis(250).toNanos();
        await(money(31));
        assertThat(bank.history).hasSize(3);
    }

    @Test
    void theTightestLimitNamesTheRefusal() {
        bank.resetsAtOf.put(DAY.toMessage(0), bank.millis + 5_000);
        bank.resetsAtOf.put(MONTH.toMessage(0), bank.millis + 9_000);
        await(claim(0, 0, of(DAY), of(MONTH)));
        bank.answerAll();
        await(claim(700, 0, of(DAY), of(ACCOUNT), of(MONTH)));
        bank.answerAll();

        assertThat(refusals(0)).extracting(Refusal::subject).containsExactly(DAY, MONTH);
        assertThat(refused(0).tightest().subject()).isEqualTo(MONTH);
        assertThat(refused(0).tightest().waitNanos()).isEqualTo(9_000_000_000L);
        seconds(1);
        await(claim(700, 0, of(DAY), of(ACCOUNT), of(MONTH)));
        bank.answerAll();
        assertThat(refused(2).tightest().subject()).as("it never resets").isEqualTo(ACCOUNT);
    }

    @Test
    void aBudgetThatIsUsedUpNamesTheAnswerUntilItResetsThoughARateRefusesFirst() {
        bank.resetsAtOf.put(DAY.toMessage(0), bank.millis + 3_600_000);
        var tokens = desk.allowance(TOKENS, 100);
        bank.free(TOKENS, 100);
        await(claim(0, 60, of(DAY), tokens));
        bank.answerAll();
        assertThat(refused(0).tightest().subject()).isEqualTo(DAY);
        taken(claim(0, 60, tokens));
        int asked = bank.history.size();

        bank.now += Duration.ofMillis(500).toNanos();
        await(claim(0, 60, of(DAY), tokens));

        assertThat(bank.history).as("the rate refuses without asking").hasSize(asked);
        assertThat(refusals(1)).extracting(Refusal::subject).containsExactly(TOKENS);
        assertThat(refused(1).tightest().subject()).isEqualTo(DAY);
        assertThat(refused(1).tightest().waitNanos())
                .isEqualTo(Duration.ofMillis(3_599_500).toNanos());
        of(DAY).declare(7);
        await(claim(0, 60, desk.allowance(DAY, 7), tokens));
        assertThat(refused(2).tightest().subject())
                .as("billing's word was about another amount")
                .isEqualTo(TOKENS);
    }

    @Test
    void whatLiesHereTooSmallGoesBackToFillTheGapOnce() {
        bank.free(ACCOUNT, 500);
        taken(money(100));
        end(taken(money(1)), 0);
        var leftover = of(ACCOUNT).remaining(bank.now);
        bank.free(ACCOUNT, 450 - leftover);

        await(money(450));
        bank.answerAll();

        assertThat(found).containsExactly(new Waiting.Found.Taken());
        assertThat(bank.returnedTotals()).containsValue(leftover);
        await(money(450));
        bank.answerAll();
        assertThat(refusals(1).getFirst().available()).isZero();
    }

    @Test
    void anExpiredLeaseAdmitsNothingAndGoesBack() {
        bank.free(ACCOUNT, 1_000);
        taken(money(100));
        bank.now += Duration.ofSeconds(60).toNanos();

        assertThat(money(1).take(bank.now)).isFalse();
        await(money(1));
        bank.answerAll();

        assertThat(bank.returnedTotals()).containsOnlyKeys(1L);
        assertThat(found).containsExactly(new Waiting.Found.Taken());
    }

    @Test
    void aRenewedLeaseLivesOnAndAnIdleOneGoesBack() {
        bank.free(ACCOUNT, 1_000);
        var request = taken(money(100));
        end(request, 40);
        for (int i = 0; i < 5; i++) {
            seconds(11);
            renew();
        }
        assertThat(money(10).take(bank.now)).isTrue();
        renew();

        for (int i = 0; i < 7; i++) {
            seconds(10);
            renew();
        }

        assertThat(bank.returnedTotals().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(bank.granted() - 40 - 10);
        assertThat(of(ACCOUNT).leases()).isEmpty();
    }

    @Test
    void ofARecalledLeaseTheUnusedPartGoesBackWhenItsHoldEnds() {
        bank.free(ACCOUNT, 1_000);
        var request = taken(money(300));
        desk.close(lease(1));
        assertThat(bank.returnedTotals()).containsEntry(1L, bank.granted() - 300);

        end(request, 120);

        assertThat(bank.returnedTotals()).containsEntry(1L, bank.granted() - 120);
        assertThat(leases).isEmpty();
    }

    @Test
    void theNextWindowIsHadBeforeItBegins() {
        bank.free(DAY, 1_000);
        bank.endsAt = bank.millis + 30_000;
        for (int i = 0; i < 25; i++) {
            for (int j = 0; j < 5; j++) {
                end(taken(claim(0, 0, of(DAY))), 1);
            }
            seconds(1);
            renew();
        }
        seconds(1);
        assertThat(bank.history.getLast().getFirst().getSubject().getBudget())
                .matches(budget -> budget.getWindowStartMillis() == bank.endsAt);
        bank.answerAll();
        int asked = bank.history.size();

        seconds(3);
        assertThat(claim(0, 0, of(DAY)).take(bank.now)).isTrue();
        seconds(1);
        assertThat(claim(0, 0, of(DAY)).take(bank.now)).isTrue();
        assertThat(bank.history).hasSize(asked);
        assertThat(of(DAY).leases()).hasSize(1);
    }

    @Test
    void aRateThatIsAllHereRefusesWithoutAsking() {
        bank.free(TOKENS, 100);
        var tokens = desk.allowance(TOKENS, 100);
        taken(claim(0, 60, tokens));

        await(claim(0, 60, tokens));
        bank.answerAll();
        await(claim(0, 60, tokens));

        assertThat(refusals(1).getFirst().waitNanos()).isBetween(1L, 60_000_000_000L);
        assertThat(bank.asked).isEmpty();
        await(claim(0, 101, tokens));
        assertThat(refusals(2).getFirst().waitNanos()).isEqualTo(Refusal.NEVER);
    }

    @Test
    void aShareOfARateGoesBackWithItsLevel() {
        bank.free(TOKENS, 60);
        taken(claim(0, 30, desk.allowance(TOKENS, 60)));

        desk.close(lease(1));

        long half = bank.returned(1).getTheoreticalArrivalMillis() - bank.millis;
        assertThat(half).isBetween(30_000L, 30_001L);
        assertThat(leases).isEmpty();
    }

    @Test
    void slotsGoBackWhenTheLastRequestEnds() {
        bank.free(SLOTS, 2);
        var busy = desk.allowance(SLOTS, 2);
        var first = taken(claim(0, 0, busy));
        var second = taken(claim(0, 0, busy));
        await(claim(0, 0, busy));
        bank.answerAll();
        assertThat(refusals(0).getFirst().waitNanos()).isEqualTo(1_000_000_000L);
        desk.closeIf(lease -> true);
        int before = bank.returnedTotals().size();

        first.releaseShares(Amounts.NOTHING, bank.now);
        second.releaseShares(Amounts.NOTHING, bank.now);

        assertThat(before).isLessThan(2);
        assertThat(leases).isEmpty();
        assertThat(bank.free(SLOTS)).isEqualTo(2);
    }

    @Test
    void aLimitOfZeroRefusesWithoutAsking() {
        await(claim(0, 0, desk.allowance(DAY, 0)));
        await(claim(0, 0, desk.allowance(SLOTS, -3)));

        assertThat(bank.history).isEmpty();
        assertThat(refusals(0).getFirst().waitNanos()).isEqualTo(Refusal.NEVER);
        assertThat(refusals(1).getFirst().available()).isZero();
    }

    @Test
    void aGrantThatMakesNoSenseRefusesAndStopsNothing() {
        await(money(100));
        var ask = bank.asked.removeFirst();
        var nonsense = io.apihub.credit.v1.Lease.newBuilder().setLeaseId(7).setGranted(-5).build();
        for (int i = 0; i < 30 && found.isEmpty(); i++) {
            ask.done()
                    .accept(
                            new GrantAnswer.Granted(
                                    List.of(nonsense),
                                    new BillingTime(bank.now, bank.now, bank.millis)));
            ask = bank.asked.isEmpty() ? ask : bank.asked.removeFirst();
        }

        var outcome = ((Waiting.Found.None) found.getFirst()).outcome();
        assertThat(outcome).isInstanceOf(HoldOutcome.Unavailable.class);
        bank.free(ACCOUNT, 1_000);
        taken(money(100));
    }
}
