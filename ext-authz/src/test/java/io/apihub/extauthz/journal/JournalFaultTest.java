package io.apihub.extauthz.journal;

import static io.apihub.extauthz.journal.Entries.hold;
import static io.apihub.extauthz.journal.Entries.holds;
import static io.apihub.extauthz.journal.Entries.id;
import static io.apihub.extauthz.journal.Entries.ids;
import static io.apihub.extauthz.journal.Entries.settlement;
import static io.apihub.extauthz.journal.Entries.unacked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.apihub.usage.v1.Hold;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JournalFaultTest {

    private static final BootId BOOT = new BootId(new UUID(0, 1));

    private static final int SEGMENT = Entries.limits().segmentBytes();

    private final Random random = new Random(7);
    private final FaultyDisk disk = new FaultyDisk(random, 20L * SEGMENT);
    private long now;

    private UsageJournal open(JournalLimits limits) throws IOException {
        return UsageJournal.open(disk.mount(), limits, Incarnation.random(random), BOOT, () -> now);
    }

    private UsageJournal open() throws IOException {
        return open(Entries.limits());
    }

    @Test
    void aFullDiskRefusesHoldsAndSettlesAllThatWereTakenAlsoAfterRestarts() throws IOException {
        disk.capacity(3L * SEGMENT);
        var journal = open();
        var taken = new ArrayList<Hold>();
        var next = hold(random, journal.incarnation());
        while (journal.hold(WrittenHold.of(next))) {
            taken.add(next);
            next = hold(random, journal.incarnation());
            tryMaintain(journal);
        }
        assertThat(taken).hasSizeGreaterThan(20);
        assertThat(journal.room()).isLessThan(6 << 10);

        var left = new ArrayList<>(taken);
        while (!left.isEmpty()) {
            assertThat(journal.settle(settlement(left.removeFirst()))).isTrue();
            if (left.size() % 9 == 0) {
                disk.kill();
                journal = open();
                assertThat(ids(journal.recovered())).isEqualTo(ids(left));
            }
        }
        assertThat(unacked(journal)).isEqualTo(ids(taken));

        journal.acked(journal.read(journal.unacked(), 1000).next(), journal.rewinds());
        journal.maintain();
        journal.maintain();
        assertThat(journal.hold(WrittenHold.of(next))).as("there is room again").isTrue();
    }

    private static void tryMaintain(UsageJournal journal) {
        try {
            journal.maintain();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space");
        }
    }

    @Test
    void aDiskThatRefusesStopsHoldsUntilItTakesAllAgain() throws IOException {
        var journal = open();
        var before = holds(journal, 2);
        disk.refusing(true);
        assertThatIOException().isThrownBy(journal::maintain);

        assertThat(journal.hold(WrittenHold.of(hold(random, journal.incarnation())))).isFalse();
        assertThat(journal.room()).isZero();
        assertThat(journal.settle(settlement(before.getFirst()))).isTrue();

        disk.refusing(false);
        journal.maintain();
        assertThat(journal.hold(WrittenHold.of(hold(random, journal.incarnation())))).isTrue();
        disk.cutPower();
        var after = open();
        assertThat(unacked(after)).containsExactly(id(before.getFirst()));
        assertThat(ids(after.recovered())).contains(id(before.getLast()));
    }

    @Test
    void withSyncAlwaysNoAnsweredHoldIsLostToAPowerCut() throws IOException {
        var always = Entries.limits().withSync(JournalSync.ALWAYS);
        var journal = open(always);
        var held = holds(journal, 10);
        disk.refusing(true);
        var refused = hold(random, journal.incarnation());
        assertThat(journal.hold(WrittenHold.of(refused))).isFalse();
        assertThat(journal.isOpen(id(refused))).isFalse();
        disk.refusing(false);
        disk.cutPower();

        assertThat(ids(open(always).recovered())).containsAll(ids(held));
    }

    @Test
    void whatBillingHasIsKeptForADayAndSentAgainWhenItsDatabaseWasFailedOver() throws IOException {
        var journal = open(Entries.limits().withKeepAcked(Duration.ofHours(24)));
        journal.timeline(3);
        var all = new ArrayList<Hold>();
        for (int i = 0; i < 300; i++) {
            var hold = hold(random, journal.incarnation());
            assertThat(journal.hold(WrittenHold.of(hold))).isTrue();
            all.add(hold);
            journal.settle(settlement(hold));
            journal.acked(journal.read(journal.unacked(), 10).next(), journal.rewinds());
            journal.maintain();
        }
        assertThat(unacked(journal)).isEmpty();

        journal.close();
        journal = open(Entries.limits().withKeepAcked(Duration.ofHours(24)));
        long rewinds = journal.rewinds();
        journal.timeline(3);
        assertThat(unacked(journal)).isEmpty();
        journal.timeline(4);

        assertThat(unacked(journal)).isEqualTo(ids(all));
        journal.acked(journal.read(journal.unacked(), 1000).next(), rewinds);
        assertThat(unacked(journal)).as("a word of the lost database").isEqualTo(ids(all));
        journal.acked(journal.read(journal.unacked(), 1000).next(), journal.rewinds());
        assertThat(unacked(journal)).isEmpty();

        journal.maintain();
        now += Duration.ofHours(24).toNanos();
        journal.maintain();
        assertThat(journal.segments()).isLessThanOrEqualTo(2);
    }

    @Test
    void noPowerCutLeavesTheWordOfALostDatabaseStandingUnderTheTimelineOfTheNext()
            throws IOException {
        int heard = 0;
        for (int round = 0; round < 1000; round++) {
            var torn = new FaultyDisk(random, 20L * SEGMENT);
            var journal = open(torn);
            journal.timeline(1);
            for (int i = 0; i <= round % 6; i++) {
                var hold = hold(random, journal.incarnation());
                assertThat(journal.hold(WrittenHold.of(hold))).isTrue();
                journal.settle(settlement(hold));
            }
            journal.acked(journal.read(journal.unacked(), 9).next(), journal.rewinds());
            journal.maintain();
            journal.timeline(2);
            torn.cutPower();

            var after = open(torn);
            if (after.lives().timeline() == 2) {
                heard++;
                assertThat(unacked(after)).as("round %d", round).hasSize(1 + round % 6);
            }
        }
        assertThat(heard).isPositive();
    }

    private UsageJournal open(FaultyDisk other) throws IOException {
        return UsageJournal.open(
                other.mount(), Entries.limits(), Incarnation.random(random), BOOT, () -> now);
    }

    @Test
    void keptFilesGoEarlierWhenTheirRoomIsNeeded() throws IOException {
        var journal = open(Entries.limits().withKeepAcked(Duration.ofHours(24)));
        for (int i = 0; i < 3000; i++) {
            var hold = holds(journal, 1).getFirst();
            assertThat(journal.settle(settlement(hold))).isTrue();
            journal.acked(journal.read(journal.unacked(), 10).next(), journal.rewinds());
            journal.maintain();
            assertThat(journal.segments()).isLessThanOrEqualTo(8);
        }
        assertThat(journal.segments()).isEqualTo(8);
    }

    @Test
    void aClosedIncarnationIsClosedAgainAfterAFailOver() throws IOException {
        var keep = Entries.limits().withKeepAcked(Duration.ofHours(24));
        var journal = open(keep);
        var earlier = journal.incarnation();
        journal.timeline(1);
        journal.settle(settlement(holds(journal, 1).getFirst()));
        disk.kill();
        journal = open(keep);
        journal.acked(journal.read(journal.unacked(), 9).next(), journal.rewinds());
        journal.lives().closed(earlier);
        assertThat(journal.lives().all()).doesNotContain(earlier);

        journal.timeline(2);
        var again = journal.read(journal.unacked(), 9);

        assertThat(again.records()).hasSize(1);
        assertThat(journal.lives().all()).contains(earlier);
        assertThat(journal.lives().drained()).doesNotContain(earlier);
        journal.acked(journal.read(again.next(), 9).next(), journal.rewinds());
        assertThat(journal.lives().drained()).contains(earlier);
    }

    @Test
    void aProvisionalSettlementIsCorrectedOnceAlsoByALaterProcess() throws IOException {
        var journal = open();
        var holds = holds(journal, 3);
        holds.subList(0, 2)
                .forEach(
                        hold -> assertThat(journal.settleProvisionally(settlement(hold))).isTrue());
        journal.settle(settlement(holds.getLast()));
        assertThat(journal.correct(settlement(holds.get(0)))).isTrue();
        assertThat(journal.correct(settlement(holds.get(0)))).isFalse();
        disk.kill();

        var later = open();
        var expected = List.of(false, true, false);
        for (int i = 0; i < 3; i++) {
            assertThat(later.correct(settlement(holds.get(i)))).isEqualTo(expected.get(i));
            assertThat(later.correct(settlement(holds.get(i)))).isFalse();
            assertThat(later.endedBefore(id(holds.get(i)))).isEqualTo(i != 1);
        }
        assertThat(later.read(later.unacked(), 99).records()).hasSize(5);
    }

    @Test
    void damageIsCounted() throws IOException {
        var journal = open();
        holds(journal, 15);
        journal.maintain();
        assertThat(journal.damagedBytes()).isZero();
        disk.kill();
        for (int i = 0; i < 200; i++) {
            disk.rot();
        }

        var damaged = open();
        assertThat(damaged.damagedBytes()).isPositive();
        assertThat(damaged.recovered()).isNotEmpty().hasSizeLessThan(15);
    }
}
