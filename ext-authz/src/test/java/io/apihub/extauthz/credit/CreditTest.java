package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.GrantResult;
import io.apihub.credit.v1.Lease;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenRequest.MessageCase;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Pong;
import io.apihub.credit.v1.Recall;
import io.apihub.credit.v1.Refusal;
import io.apihub.credit.v1.ReturnAck;
import io.apihub.credit.v1.Welcome;
import io.apihub.extauthz.journal.Incarnation;
import io.apihub.extauthz.journal.JournalLimits;
import io.apihub.extauthz.journal.JournalSettings;
import io.apihub.extauthz.journal.JournalSync;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything of this package, on one thread, with billing's part spoken by the test. */
class CreditTest implements CreditTransport {

    private static final Subject ACCOUNT = Subject.account(ByteString.copyFrom(new byte[16]));

    private final List<OpenRequest> said = new ArrayList<>();
    private final List<HoldOutcome> outcomes = new ArrayList<>();
    private final List<Runnable> delayed = new ArrayList<>();
    private final Random random = new Random(1);
    private final UsageJournal journal;
    private final Credit credit;
    private Answers billing = new Nobody();
    private long now = 1_000;

    private static final class Nobody implements Answers {
        @Override
        public void said(OpenResponse message) {}

        @Override
        public void ended(Throwable cause) {}
    }

    CreditTest(@TempDir Path directory) {
        var limits = new JournalLimits(64 << 10, 4, 4 << 10, Duration.ZERO, JournalSync.BEHIND);
        journal =
                UsageJournal.open(
                        new JournalSettings(directory, limits), Incarnation.random(random));
        credit =
                new Credit(
                        new Credit.Source("g", this, (delay, task) -> delayed.add(task), () -> now),
                        LeaseSettings.of(Duration.ofMillis(800)),
                        journal,
                        new SimpleMeterRegistry());
        credit.tick();
        welcome();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Override
    public Stream open(Answers answers) {
        billing = answers;
        return new Stream() {
            @Override
            public void send(OpenRequest message) {
                said.add(message);
            }

            @Override
            public void complete() {}
        };
    }

    private void welcome() {
        billing.said(OpenResponse.newBuilder().setWelcome(Welcome.newBuilder()).build());
    }

    private void grant(long id, long amount) {
        var asked = last(MessageCase.GRANT).getGrant();
        var lease =
                Lease.newBuilder()
                        .setLeaseId(id)
                        .setSubject(asked.getWants(0).getSubject())
                        .setGranted(amount)
                        .setTtlMillis(60_000);
        billing.said(
                OpenResponse.newBuilder()
                        .setResult(
                                GrantResult.newBuilder()
                                        .setSeq(asked.getSeq())
                                        .setTimeMillis(1)
                                        .addLeases(lease))
                        .build());
    }

    private void refuse() {
        var asked = last(MessageCase.GRANT).getGrant();
        var refusal =
                Refusal.newBuilder()
                        .setSubject(asked.getWants(0).getSubject())
                        .setReason(Refusal.Reason.REASON_EXHAUSTED);
        billing.said(
                OpenResponse.newBuilder()
                        .setResult(
                                GrantResult.newBuilder()
                                        .setSeq(asked.getSeq())
                                        .setTimeMillis(1)
                                        .addRefusals(refusal))
                        .build());
    }

    private OpenRequest last(MessageCase kind) {
        return said.stream()
                .filter(message -> message.getMessageCase() == kind)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private long count(MessageCase kind) {
        return said.stream().filter(message -> message.getMessageCase() == kind).count();
    }

    private void take(long cost) {
        var claim = new Claim(new Amounts(1, cost, 0, 0), 1);
        claim.add(credit.leases().of(ACCOUNT, Long.MAX_VALUE));
        var id = HoldId.mint(InstantSource.system(), random).toBytes();
        var terms = Hold.newBuilder().setHoldId(ByteString.copyFrom(id)).setCostMicros(cost);
        credit.leases().take(HoldDraft.of(terms), claim, outcomes::add);
    }

    private void seconds(int count) {
        for (int i = 0; i < 5 * count; i++) {
            now += 200_000_000L;
            credit.tick();
            disk();
        }
    }

    /** What was written is on the disk by now. */
    private void disk() {
        try {
            journal.maintain();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pong(int ttlMillis) {
        billing.said(
                OpenResponse.newBuilder()
                        .setPong(Pong.newBuilder().setTimeMillis(1).setTtlMillis(ttlMillis))
                        .build());
    }

    @Test
    void aGrantLetsTheRequestGoAndTheJournalHasIt() {
        take(100);
        assertThat(outcomes).isEmpty();

        grant(7, 1_000);

        var hold = ((HoldOutcome.Held) outcomes.getFirst()).hold().message();
        assertThat(hold.getTaken(0).getLeaseId()).isEqualTo(7);
        assertThat(hold.getIncarnation()).isEqualTo(journal.incarnation().bytes());
        assertThat(journal.openHolds()).isEqualTo(1);
        take(900);
        assertThat(outcomes).hasSize(2);
    }

    @Test
    void aLeaseLivesAsLongAsItsPingsAreAnswered() {
        take(100);
        grant(7, 1_000_000);
        for (int i = 0; i < 12; i++) {
            seconds(10);
            take(1);
            pong(60_000);
        }
        assertThat(outcomes).hasSize(13).allMatch(HoldOutcome.Held.class::isInstance);
        assertThat(count(MessageCase.GRANT)).isEqualTo(1);

        for (int i = 0; i < 7; i++) {
            seconds(9);
            pong(0);
        }

        assertThat(last(MessageCase.RETURNED).getReturned().getLeases(0).getReturnedTotal())
                .isEqualTo(1_000_000 - 112);
    }

    @Test
    void whatWasNotAnsweredIsSaidAgainReturnsFirst() {
        take(100);
        grant(7, 1_000);
        billing.said(
                OpenResponse.newBuilder().setRecall(Recall.newBuilder().addLeaseIds(7)).build());
        take(5);
        disk();
        said.clear();

        billing.ended(new IllegalStateException("cut"));
        credit.tick();
        assertThat(said).extracting(OpenRequest::getMessageCase).containsOnly(MessageCase.HELLO);
        assertThat(said.getFirst().getHello().getFound(0).getLeases(0).getOpen()).isEqualTo(100);
        welcome();

        assertThat(said)
                .extracting(OpenRequest::getMessageCase)
                .containsExactly(MessageCase.HELLO, MessageCase.RETURNED, MessageCase.GRANT);
        grant(8, 100);
        grant(9, 100);
        assertThat(outcomes).as("a repeated answer changes nothing").hasSize(2);
    }

    @Test
    void ofARecalledLeaseTheEndOfItsHoldGoesBackToo() {
        take(100);
        grant(7, 1_000);
        billing.said(
                OpenResponse.newBuilder().setRecall(Recall.newBuilder().addLeaseIds(7)).build());
        disk();
        billing.said(
                OpenResponse.newBuilder()
                        .setReturnAck(ReturnAck.newBuilder().addLeaseIds(7))
                        .build());
        var hold = ((HoldOutcome.Held) outcomes.getFirst()).hold().message();

        credit.leases().ended(hold, new Amounts(1, 30, 0, 0));
        assertThat(last(MessageCase.RETURNED).getReturned().getLeases(0).getReturnedTotal())
                .as("before its settlement is on the disk")
                .isEqualTo(900);
        disk();

        assertThat(last(MessageCase.RETURNED).getReturned().getLeases(0).getReturnedTotal())
                .isEqualTo(970);
    }

    private void recall(long lease) {
        billing.said(
                OpenResponse.newBuilder()
                        .setRecall(Recall.newBuilder().addLeaseIds(lease))
                        .build());
    }

    private void onTimeline(long number) {
        billing.said(
                OpenResponse.newBuilder()
                        .setWelcome(Welcome.newBuilder().setTimeline(number))
                        .build());
    }

    @Test
    void aLeaseThatNeverCameGoesBackOnceNothingCanBringIt() {
        onTimeline(5);
        take(100);

        recall(99);
        recall(99);
        assertThat(count(MessageCase.RETURNED)).as("its answer may be on the way").isZero();
        refuse();
        recall(99);

        var back = last(MessageCase.RETURNED).getReturned();
        assertThat(back.getTimeline()).isEqualTo(5);
        assertThat(back.getLeases(0).getLeaseId()).isEqualTo(99);
        assertThat(back.getLeases(0).getReturnedTotal()).isEqualTo(Long.MAX_VALUE);
        assertThat(back.getLeases(0).getClosing()).isTrue();
        grant(99, 1_000);
        now += 1_000_000_000L;
        take(100);
        assertThat(count(MessageCase.GRANT)).as("it is not taken in any more").isEqualTo(2);
    }

    @Test
    void aLeaseThatIsSpentGoesBackOnceBillingHasAllOfIt() {
        onTimeline(5);
        take(100);
        grant(7, 100);
        var hold = ((HoldOutcome.Held) outcomes.getFirst()).hold().message();
        var settlement = UsageRecord.newBuilder().setHold(hold).build();
        assertThat(journal.settle(settlement)).isTrue();
        credit.leases().ended(hold, new Amounts(1, 100, 0, 0));
        disk();
        recall(7);
        recall(7);
        assertThat(last(MessageCase.RETURNED).getReturned().getTimeline())
                .as("it is known until billing has noted that it is closed")
                .isZero();
        billing.said(
                OpenResponse.newBuilder()
                        .setReturnAck(ReturnAck.newBuilder().addLeaseIds(7))
                        .build());
        said.clear();
        recall(7);
        recall(7);
        assertThat(said).as("billing does not have what was spent").isEmpty();

        onTimeline(6);
        journal.acked(journal.end(), journal.rewinds() - 1);
        recall(7);
        assertThat(count(MessageCase.RETURNED)).as("acknowledged on another timeline").isZero();
        journal.acked(journal.end(), journal.rewinds());
        recall(7);

        assertThat(last(MessageCase.RETURNED).getReturned().getTimeline()).isEqualTo(6);
    }

    @Test
    void aVoidedHoldGivesAllBackOnce() {
        take(1_000);
        grant(7, 1_000);
        var hold = ((HoldOutcome.Held) outcomes.getFirst()).hold().message();
        var id = HoldId.ofBytes(hold.getHoldId().toByteArray());

        credit.leases().voidHold(id);
        credit.leases().voidHold(id);
        disk();
        take(1_000);

        assertThat(outcomes).hasSize(2).allMatch(HoldOutcome.Held.class::isInstance);
    }

    @Test
    void whatAHoldDidNotUseIsTakenAgainOnceItsEndIsOnTheDisk() {
        take(1_000);
        grant(7, 1_000);
        var hold = ((HoldOutcome.Held) outcomes.getFirst()).hold().message();

        credit.leases().voidHold(HoldId.ofBytes(hold.getHoldId().toByteArray()));
        take(1_000);
        refuse();

        assertThat(outcomes).as("waits for it").hasSize(1);
        disk();
        delayed.removeLast().run();
        assertThat(outcomes).hasSize(2).allMatch(HoldOutcome.Held.class::isInstance);
        assertThat(count(MessageCase.RETURNED)).isZero();
    }

    @Test
    void whoWaitsForADiskThatIsTooSlowIsRefused() {
        take(1_000);
        grant(7, 1_000);
        var hold = ((HoldOutcome.Held) outcomes.getFirst()).hold().message();
        credit.leases().voidHold(HoldId.ofBytes(hold.getHoldId().toByteArray()));
        take(1_000);

        for (int pause = 1; pause <= 3; pause++) {
            refuse();
            assertThat(outcomes).hasSize(1);
            delayed.removeLast().run();
        }
        refuse();

        assertThat(outcomes.getLast()).isInstanceOf(HoldOutcome.Refused.class);
    }

    @Test
    void holdsOfAnEarlierLifeTouchNoLease() {
        take(100);
        grant(7, 1_000);
        var old =
                ((HoldOutcome.Held) outcomes.getFirst())
                        .hold().message().toBuilder()
                                .setIncarnation(Incarnation.random(random).bytes())
                                .build();

        credit.leases().ended(old, Amounts.NOTHING);
        take(901);

        assertThat(outcomes).hasSize(1);
    }
}
