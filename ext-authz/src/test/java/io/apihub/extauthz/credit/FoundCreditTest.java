package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenRequest.MessageCase;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Welcome;
import io.apihub.extauthz.journal.BootId;
import io.apihub.extauthz.journal.FaultyDisk;
import io.apihub.extauthz.journal.Incarnation;
import io.apihub.extauthz.journal.JournalLimits;
import io.apihub.extauthz.journal.JournalSync;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.extauthz.journal.WrittenHold;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a process says of the one before it. */
class FoundCreditTest implements CreditTransport {

    private static final BootId BOOT = new BootId(new UUID(1, 1));

    private final Random random = new Random(3);
    private final FaultyDisk disk = new FaultyDisk(random, 1 << 20);
    private final List<OpenRequest> said = new ArrayList<>();
    private final List<Runnable> delayed = new ArrayList<>();
    private long now = 1_000;

    @Override
    public Stream open(Answers answers) {
        return new Stream() {
            @Override
            public void send(OpenRequest message) {
                said.add(message);
                if (message.hasHello()) {
                    answers.said(
                            OpenResponse.newBuilder()
                                    .setWelcome(Welcome.newBuilder().setTimeline(4))
                                    .build());
                }
            }

            @Override
            public void complete() {}
        };
    }

    private UsageJournal open(BootId boot) throws IOException {
        var limits = new JournalLimits(48 << 10, 8, 4 << 10, Duration.ZERO, JournalSync.BEHIND);
        return UsageJournal.open(disk.mount(), limits, Incarnation.random(random), boot, () -> 0);
    }

    private Incarnation killed(long lease, long... amounts) throws IOException {
        var journal = open(BOOT);
        journal.timeline(4);
        for (long amount : amounts) {
            assertThat(journal.hold(WrittenHold.of(hold(journal, lease, amount)))).isTrue();
        }
        journal.maintain();
        disk.kill();
        return journal.incarnation();
    }

    private Hold hold(UsageJournal journal, long lease, long amount) {
        var id = HoldId.mint(InstantSource.system(), random).toBytes();
        return Hold.newBuilder()
                .setHoldId(ByteString.copyFrom(id))
                .setIncarnation(journal.incarnation().bytes())
                .addTaken(Taken.newBuilder().setLeaseId(lease).setAmount(amount))
                .build();
    }

    /** Welcomed, and what that leads to at once is done. */
    private Credit credit(UsageJournal journal) {
        var credit =
                new Credit(
                        new Credit.Source("g", this, (_, task) -> delayed.add(task), () -> now),
                        LeaseSettings.of(Duration.ofMillis(800)),
                        journal,
                        new SimpleMeterRegistry());
        credit.tick();
        delayed.forEach(Runnable::run);
        return credit;
    }

    @Test
    void whatAKilledProcessNeedsIsToldOnceItIsOnTheDisk() throws IOException {
        var killed = killed(7, 90);
        var journal = open(BOOT);
        credit(journal);
        assertThat(said).noneMatch(OpenRequest::hasFound);

        journal.maintain();

        var found = said.getLast().getFound();
        assertThat(found.getTimeline()).isEqualTo(4);
        var inventory = found.getIncarnations(0);
        assertThat(inventory.getIncarnation()).isEqualTo(killed.bytes());
        assertThat(inventory.getLeases(0).getLeaseId()).isEqualTo(7);
        assertThat(inventory.getLeases(0).getOpen()).isEqualTo(90);
    }

    private List<MessageCase> saidCases() {
        return said.stream().map(OpenRequest::getMessageCase).toList();
    }

    private static void ask(Credit credit) {
        var account = Subject.account(ByteString.copyFrom(new byte[16]));
        var claim = new Claim(new Amounts(1, 5, 0, 0), 1);
        claim.add(credit.leases().of(account, Long.MAX_VALUE));
        var id = HoldId.mint(InstantSource.system(), new Random(9)).toBytes();
        credit.leases()
                .take(
                        HoldDraft.of(Hold.newBuilder().setHoldId(ByteString.copyFrom(id))),
                        claim,
                        _ -> {});
    }

    @Test
    void nothingIsAskedForBeforeItIsSaidWhatWasFound() throws IOException {
        killed(7, 90);
        var journal = open(BOOT);
        var credit = credit(journal);
        ask(credit);
        assertThat(saidCases()).containsExactly(MessageCase.HELLO);

        journal.maintain();

        assertThat(saidCases())
                .containsExactly(MessageCase.HELLO, MessageCase.FOUND, MessageCase.GRANT);
        ask(credit);
        assertThat(said).hasSize(3);
    }

    @Test
    void aSlowDiskDoesNotUseUpTheWholeTimeOfRequests() throws IOException {
        killed(7, 90);
        var credit = credit(open(BOOT));
        ask(credit);

        now += 399_000_000;
        credit.tick();
        assertThat(saidCases()).containsExactly(MessageCase.HELLO);
        now += 1_000_000;
        credit.tick();

        assertThat(saidCases()).containsExactly(MessageCase.HELLO, MessageCase.GRANT);
    }

    @Test
    void whatEndsIsToldWithinASecondAndWhatDoesNotNowAndThen() throws IOException {
        killed(7, 90, 30);
        var journal = open(BOOT);
        var credit = credit(journal);
        journal.maintain();
        assertThat(opened()).containsExactly(120L);

        journal.recovered().stream().limit(1).forEach(hold -> journal.release(idOf(hold)));
        for (int i = 0; i < 5 * 9; i++) {
            now += 200_000_000;
            credit.tick();
            journal.maintain();
            if (i == 4) {
                assertThat(opened()).hasSize(2);
            }
        }
        assertThat(opened()).hasSize(2).last().isIn(90L, 30L);
        now += 3_000_000_000L;
        credit.tick();
        journal.maintain();
        assertThat(opened()).hasSize(3);
    }

    /** What all that was said of the killed one has open, in the order in which it was said. */
    private List<Long> opened() {
        return said.stream()
                .filter(OpenRequest::hasFound)
                .map(message -> message.getFound().getIncarnations(0).getLeases(0).getOpen())
                .toList();
    }

    @Test
    void whatEndedWithItsMachineIsClosedAsIncomplete() throws IOException {
        var cut = killed(7, 90);
        var journal = open(new BootId(new UUID(2, 2)));
        journal.recovered().forEach(hold -> journal.release(idOf(hold)));
        journal.acked(journal.read(journal.unacked(), 9).next(), journal.rewinds());
        credit(journal);
        journal.maintain();

        assertThat(said).noneMatch(OpenRequest::hasFound);
        assertThat(said)
                .filteredOn(OpenRequest::hasClosed)
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.getClosed().getIncarnation()).isEqualTo(cut.bytes());
                    assertThat(message.getClosed().getIncomplete()).isTrue();
                });
    }

    private static HoldId idOf(Hold hold) {
        return HoldId.ofBytes(hold.getHoldId().toByteArray());
    }
}
