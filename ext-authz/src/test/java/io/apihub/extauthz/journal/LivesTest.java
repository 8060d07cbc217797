package io.apihub.extauthz.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of incarnations that are no more. */
class LivesTest {

    private static final BootId FIRST = new BootId(new UUID(1, 1));
    private static final BootId SECOND = new BootId(new UUID(2, 2));

    private final Random random = new Random(7);
    private final FaultyDisk disk = new FaultyDisk(random, 1 << 20);

    private UsageJournal open(BootId boot, JournalSync sync) throws IOException {
        var limits = new JournalLimits(48 << 10, 8, 4 << 10, Duration.ZERO, sync);
        return open(limits, boot);
    }

    private UsageJournal open(JournalLimits limits, BootId boot) throws IOException {
        return UsageJournal.open(disk.mount(), limits, Incarnation.random(random), boot, () -> 0);
    }

    private UsageJournal open(BootId boot) throws IOException {
        return open(boot, JournalSync.BEHIND);
    }

    private Hold hold(UsageJournal journal, long lease, long amount) {
        var hold =
                Entries.hold(random, journal.incarnation()).toBuilder()
                        .addTaken(Taken.newBuilder().setLeaseId(lease).setAmount(amount))
                        .build();
        assertThat(journal.hold(WrittenHold.of(hold))).isTrue();
        return hold;
    }

    @Test
    void aKilledProcessIsWholeAsLongAsItsMachineLives() throws IOException {
        var killed = open(FIRST).incarnation();
        disk.kill();

        assertThat(open(FIRST).lives().isWhole(killed)).isTrue();
        disk.kill();
        assertThat(open(SECOND).lives().isWhole(killed))
                .as("it was brought to the disk when it was found")
                .isTrue();
    }

    @Test
    void aProcessThatEndedWithItsMachineIsNotWhole() throws IOException {
        var journal = open(FIRST);
        hold(journal, 1, 10);
        journal.maintain();
        disk.cutPower();

        var next = open(SECOND);
        next.timeline(1);

        assertThat(next.lives().isWhole(journal.incarnation())).isFalse();
        assertThat(next.lives().found()).isEmpty();
        assertThat(next.lives().isWhole(next.incarnation())).isTrue();
        disk.kill();
        assertThat(open(SECOND).lives().isWhole(journal.incarnation())).isFalse();
    }

    @Test
    void nobodyKnowsWhetherAnUnknownMachineStillLives() throws IOException {
        var killed = open(BootId.UNKNOWN).incarnation();
        disk.kill();

        assertThat(open(BootId.UNKNOWN).lives().isWhole(killed)).isFalse();
    }

    @Test
    void aCleanEndLeavesNothingToLose() throws IOException {
        var journal = open(BootId.UNKNOWN);
        hold(journal, 1, 10);
        journal.close();
        disk.cutPower();

        assertThat(open(SECOND).lives().isWhole(journal.incarnation())).isTrue();
    }

    @Test
    void holdsThatAreOnTheDiskFirstAreNeverLost() throws IOException {
        var journal = open(FIRST, JournalSync.ALWAYS);
        hold(journal, 1, 10);
        disk.cutPower();

        var next = open(SECOND);

        assertThat(next.lives().isWhole(journal.incarnation())).isTrue();
        assertThat(next.recovered()).hasSize(1);
    }

    @Test
    void whatIsOpenIsWhatIsHeldOrNotAcknowledged() throws IOException {
        var journal = open(FIRST);
        journal.timeline(5);
        var acked = hold(journal, 1, 10);
        journal.settle(Entries.settlement(acked));
        var read = journal.read(journal.unacked(), 9);
        journal.acked(read.next(), journal.rewinds());
        journal.maintain();
        journal.settle(Entries.settlement(hold(journal, 1, 20)));
        journal.settleProvisionally(Entries.settlement(hold(journal, 2, 25)));
        journal.release(Entries.id(hold(journal, 3, 30)));
        hold(journal, 3, 40);
        assertThat(journal.lives().found()).as("only of those that are no more").isEmpty();
        disk.kill();

        var next = open(FIRST);

        assertThat(next.lives().found())
                .contains(
                        new Found(
                                5,
                                Map.of(journal.incarnation(), Map.of(1L, 20L, 2L, 25L, 3L, 40L))));
        next.recovered().forEach(hold -> next.release(Entries.id(hold)));
        next.acked(next.read(next.unacked(), 9).next(), next.rewinds());
        assertThat(next.lives().found())
                .contains(new Found(5, Map.of(journal.incarnation(), Map.of())));
        next.lives().closed(journal.incarnation());
        assertThat(next.lives().found()).isEmpty();
    }

    @Test
    void aDamagedHoldMakesItsIncarnationDoubtful(@TempDir Path directory) throws IOException {
        Incarnation damaged;
        try (var journal = Entries.open(directory)) {
            damaged = journal.incarnation();
            Entries.holds(journal, 3);
        }
        var file = directory.resolve("%016d.journal".formatted(1));
        var bytes = Files.readAllBytes(file);
        bytes[400] ^= 1;
        Files.write(file, bytes);

        try (var journal = Entries.open(directory)) {
            assertThat(journal.damagedBytes()).isPositive();
            assertThat(journal.lives().isWhole(damaged)).isFalse();
            assertThat(journal.lives().isWhole(journal.incarnation())).isTrue();
        }
    }

    @Test
    void damageFromBeforeAnIncarnationIsNoDoubtAboutItAlsoIfItIsClosedTwice(@TempDir Path directory)
            throws IOException {
        Incarnation damaged;
        try (var journal = Entries.open(directory)) {
            damaged = journal.incarnation();
            journal.timeline(1);
            Entries.holds(journal, 3);
        }
        var file = directory.resolve("%016d.journal".formatted(1));
        var bytes = Files.readAllBytes(file);
        bytes[400] ^= 1;
        Files.write(file, bytes);
        Incarnation later;
        try (var journal = Entries.open(directory)) {
            later = journal.incarnation();
            journal.settle(Entries.settlement(hold(journal, 1, 10)));
            journal.lives().closed(damaged);
            journal.lives().closed(later);
        }

        for (int timeline = 2; timeline <= 3; timeline++) {
            try (var journal = Entries.open(directory)) {
                assertThat(journal.lives().all()).doesNotContain(damaged, later);
                journal.timeline(timeline);
                assertThat(journal.read(journal.unacked(), 9).records()).hasSize(1);
                assertThat(journal.lives().all()).contains(damaged, later);
                assertThat(journal.lives().isWhole(later)).isTrue();
                assertThat(journal.lives().isWhole(damaged)).isFalse();
                journal.lives().closed(damaged);
                journal.lives().closed(later);
            }
        }
    }

    @Test
    void aCleanEndStaysCleanThoughItsClosingIsForgottenAfterItsMachineEnded() throws IOException {
        var journal = open(FIRST);
        journal.timeline(1);
        journal.settle(Entries.settlement(hold(journal, 1, 10)));
        journal.lives().closed(journal.incarnation());
        journal.close();
        disk.cutPower();

        var next = open(SECOND);
        assertThat(next.lives().all()).containsExactly(next.incarnation());
        next.timeline(2);
        next.read(next.unacked(), 9);

        assertThat(next.lives().all()).contains(journal.incarnation());
        assertThat(next.lives().isWhole(journal.incarnation())).isTrue();
    }

    @Test
    void nothingIsDrainedBeforeANewDatabaseHasAllThatIsKept() throws IOException {
        var limits =
                new JournalLimits(48 << 10, 8, 4 << 10, Duration.ofHours(24), JournalSync.BEHIND);
        var journal = open(limits, FIRST);
        var killed = journal.incarnation();
        journal.timeline(1);
        for (int i = 0; i < 300; i++) {
            journal.settle(Entries.settlement(hold(journal, 1, 10)));
            journal.acked(journal.read(journal.unacked(), 9).next(), journal.rewinds());
            journal.maintain();
        }
        disk.kill();
        var next = open(limits, FIRST);
        assertThat(next.lives().drained()).contains(killed);

        next.timeline(2);
        assertThat(next.lives().drained()).doesNotContain(killed);
        for (int restart = 0; restart < 3; restart++) {
            next.acked(next.read(next.unacked(), 9).next(), next.rewinds());
            next.maintain();
            disk.kill();
            next = open(limits, FIRST);
            assertThat(next.lives().drained()).as("restart %d", restart).doesNotContain(killed);
        }
        next.acked(next.read(next.unacked(), 999).next(), next.rewinds());
        assertThat(next.lives().drained()).contains(killed);
    }

    @Test
    void theFrameThatAKillCutsShortIsNoDamage(@TempDir Path directory) throws IOException {
        Incarnation killed;
        long end;
        try (var journal = Entries.open(directory)) {
            Entries.holds(journal, 3);
            killed = journal.incarnation();
            end = journal.end().offset();
        }
        var file = directory.resolve("%016d.journal".formatted(1));
        var bytes = Files.readAllBytes(file);
        bytes[(int) end + 60] = 9;
        Files.write(file, bytes);

        for (int life = 0; life < 2; life++) {
            try (var journal = Entries.open(directory)) {
                assertThat(journal.lives().isWhole(killed)).isTrue();
                Entries.holds(journal, 1 + life);
            }
        }
    }

    @Test
    void aMachineThatTellsNothingIsUnknown(@TempDir Path directory) throws IOException {
        var file = directory.resolve("boot_id");
        assertThat(BootId.in(file)).isEqualTo(BootId.UNKNOWN);
        Files.writeString(file, "8d6e0c1e-3c5f-4b57-9f3c-0d0f6a0b1c2d\n");
        assertThat(BootId.in(file).id()).hasToString("8d6e0c1e-3c5f-4b57-9f3c-0d0f6a0b1c2d");
        Files.writeString(file, "nonsense");
        assertThat(BootId.in(file)).isEqualTo(BootId.UNKNOWN);
    }
}
