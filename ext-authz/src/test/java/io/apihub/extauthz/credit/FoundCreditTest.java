package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.credit.v1.OpenRequest;
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

    private Incarnation killed(long lease, long amount) throws IOException {
        var journal = open(BOOT);
        journal.timeline(4);
        var hold =
                Hold.newBuilder()
                        .setHoldId(
                                com.google.protobuf.ByteString.copyFrom(
                                        HoldId.mint(InstantSource.system(), random).toBytes()))
                        .setIncarnation(journal.incarnation().bytes())
                        .addTaken(Taken.newBuilder().setLeaseId(lease).setAmount(amount))
                        .build();
        assertThat(journal.hold(WrittenHold.of(hold))).isTrue();
        journal.maintain();
        disk.kill();
        return journal.incarnation();
    }

    private Credit credit(UsageJournal journal) {
        return new Credit(
                new Credit.Source("g", this, (_, _) -> {}, () -> 1_000),
                LeaseSettings.of(Duration.ofMillis(800)),
                journal,
                new SimpleMeterRegistry());
    }

    @Test
    void whatAKilledProcessNeedsIsToldOnceItIsOnTheDisk() throws IOException {
        var killed = killed(7, 90);
        var journal = open(BOOT);
        credit(journal).tick();
        assertThat(said).noneMatch(OpenRequest::hasFound);

        journal.maintain();

        var found = said.getLast().getFound();
        assertThat(found.getTimeline()).isEqualTo(4);
        var inventory = found.getIncarnations(0);
        assertThat(inventory.getIncarnation()).isEqualTo(killed.bytes());
        assertThat(inventory.getLeases(0).getLeaseId()).isEqualTo(7);
        assertThat(inventory.getLeases(0).getOpen()).isEqualTo(90);
    }

    @Test
    void whatEndedWithItsMachineIsClosedAsIncomplete() throws IOException {
        var cut = killed(7, 90);
        var journal = open(new BootId(new UUID(2, 2)));
        journal.recovered().forEach(hold -> journal.release(idOf(hold)));
        journal.acked(journal.read(journal.unacked(), 9).next(), journal.rewinds());
        credit(journal).tick();
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
