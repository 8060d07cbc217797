package io.apihub.extauthz.journal;

import static io.apihub.extauthz.journal.Entries.hold;
import static io.apihub.extauthz.journal.Entries.holds;
import static io.apihub.extauthz.journal.Entries.id;
import static io.apihub.extauthz.journal.Entries.ids;
import static io.apihub.extauthz.journal.Entries.open;
import static io.apihub.extauthz.journal.Entries.settlement;
import static io.apihub.extauthz.journal.Entries.unacked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageJournalTest {

    @TempDir Path directory;

    @Test
    void anOpenHoldIsRecoveredWithAllItsTerms() {
        Hold hold;
        try (var journal = open(directory)) {
            hold = holds(journal, 1).getFirst();
        }

        try (var journal = open(directory)) {
            assertThat(journal.recovered()).containsExactly(hold);
            assertThat(journal.settle(settlement(hold))).isTrue();
        }

        try (var journal = open(directory)) {
            assertThat(journal.recovered()).isEmpty();
            assertThat(unacked(journal)).containsExactly(id(hold));
            assertThat(journal.endedBefore(id(hold))).isTrue();
        }
    }

    @Test
    void aHoldIsSettledOnce() {
        try (var journal = open(directory)) {
            var hold = holds(journal, 1).getFirst();

            assertThat(journal.settle(settlement(hold))).isTrue();
            assertThat(journal.settle(settlement(hold))).isFalse();
            assertThat(journal.release(id(hold))).isEmpty();

            assertThat(unacked(journal)).containsExactly(id(hold));
        }
    }

    @Test
    void whatIsAckedIsNotSentAgain() throws IOException {
        try (var journal = open(directory)) {
            var holds = holds(journal, 3);
            journal.settle(settlement(holds.get(0)));
            journal.settle(settlement(holds.get(1)));
            var first = journal.read(journal.unacked(), 1);
            assertThat(ids(List.of(first.records().getFirst().getHold())))
                    .containsExactly(id(holds.get(0)));
            journal.acked(first.next(), journal.rewinds());
            journal.maintain();
        }

        try (var journal = open(directory)) {
            assertThat(unacked(journal)).hasSize(1);
            journal.timeline(1);
            journal.timeline(2);
            assertThat(unacked(journal)).as("what is kept is sent again").hasSize(2);
        }
    }

    @Test
    void segmentsGoWhenAllInThemIsAcked() throws IOException {
        try (var journal = open(directory)) {
            var random = new Random(1);
            for (int i = 0; i < 1000; i++) {
                var hold = hold(random, journal.incarnation());
                assertThat(journal.hold(WrittenHold.of(hold))).isTrue();
                assertThat(journal.settle(settlement(hold))).isTrue();
                var batch = journal.read(journal.unacked(), 10);
                assertThat(batch.records()).hasSize(1);
                journal.acked(batch.next(), journal.rewinds());
                journal.maintain();
            }
            assertThat(journal.segments()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void anIdleJournalDoesNotGrow() throws IOException {
        try (var journal = open(directory)) {
            journal.settle(settlement(holds(journal, 1).getFirst()));
            journal.acked(journal.read(journal.unacked(), 10).next(), journal.rewinds());
            journal.maintain();
            journal.acked(journal.read(journal.unacked(), 10).next(), journal.rewinds());
            var end = journal.end();

            for (int i = 0; i < 10; i++) {
                journal.acked(journal.read(journal.unacked(), 10).next(), journal.rewinds());
                journal.maintain();
            }

            assertThat(journal.end()).isEqualTo(end);
        }
    }

    @Test
    void aFullJournalRefusesHoldsButSettlesWhatItTook() throws IOException {
        var taken = new ArrayList<Hold>();
        try (var journal = open(directory)) {
            var random = new Random(2);
            var hold = hold(random, journal.incarnation());
            while (journal.hold(WrittenHold.of(hold))) {
                taken.add(hold);
                hold = hold(random, journal.incarnation());
                journal.maintain();
            }
            assertThat(taken).hasSizeGreaterThan(20);

            for (var each : taken) {
                assertThat(journal.settle(settlement(each))).isTrue();
            }
            assertThat(unacked(journal)).isEqualTo(ids(taken));
        }
        try (var journal = open(directory)) {
            assertThat(unacked(journal)).isEqualTo(ids(taken));
        }
    }

    @Test
    void oneProcessAtATime() {
        try (var journal = open(directory)) {
            assertThat(journal.segments()).isPositive();
            assertThatThrownBy(() -> open(directory)).isInstanceOf(JournalLost.class);
        }
        open(directory).close();
    }

    @Test
    void anIncarnationIsDrainedWhenAllOfItIsAckedAndForgottenWhenClosed() throws IOException {
        Incarnation earlier;
        Hold hold;
        try (var journal = open(directory)) {
            earlier = journal.incarnation();
            hold = holds(journal, 1).getFirst();
            assertThat(journal.lives().drained()).isEmpty();
        }
        try (var journal = open(directory)) {
            assertThat(journal.lives().drained()).containsExactly(journal.incarnation());
            journal.settle(settlement(hold));
            assertThat(journal.lives().drained()).containsExactly(journal.incarnation());
            journal.acked(journal.read(journal.unacked(), 9).next(), journal.rewinds());
            assertThat(journal.lives().drained()).containsExactly(earlier, journal.incarnation());
            journal.maintain();
            journal.lives().closed(earlier);
            assertThat(journal.lives().drained()).containsExactly(journal.incarnation());
        }
        try (var journal = open(directory)) {
            assertThat(journal.lives().all()).hasSize(2).doesNotContain(earlier);
        }
    }

    @Test
    void aDamagedFrameCostsItselfOnly() throws IOException {
        List<Hold> holds;
        Position before;
        try (var journal = open(directory)) {
            holds = new ArrayList<>(holds(journal, 2));
            before = journal.end();
            holds.add(holdNow(journal, 77));
            holds.add(holdNow(journal, 78));
        }
        flip(before.offset() + 20);

        try (var journal = open(directory)) {
            var lost = holds.remove(2);
            assertThat(ids(journal.recovered())).isEqualTo(ids(holds));
            assertThat(journal.isOpen(id(lost))).isFalse();
            assertThat(journal.settleUnknown(settlement(lost))).isTrue();
            assertThat(unacked(journal)).containsExactly(id(lost));
        }
    }

    private static Hold holdNow(UsageJournal journal, int seed) {
        var hold = hold(new Random(seed), journal.incarnation());
        assertThat(journal.hold(WrittenHold.of(hold))).isTrue();
        return hold;
    }

    private void flip(int offset) throws IOException {
        try (var file = new RandomAccessFile(segments().getFirst().toFile(), "rw")) {
            file.seek(offset);
            int old = file.read();
            file.seek(offset);
            file.write(old ^ 0x40);
        }
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(FileStorage::isOurs).sorted().toList();
        }
    }

    private record After(int end, Set<HoldId> open, Set<HoldId> unacked) {}

    @Test
    void aTailTornAtAnyByteLosesOnlyWhatWasNotWholeYet(@TempDir Path scratch) throws IOException {
        var states = new ArrayList<After>();
        try (var journal = open(directory)) {
            var random = new Random(3);
            var open = new ArrayList<Hold>();
            var settled = new ArrayList<Hold>();
            states.add(new After(journal.end().offset(), Set.of(), Set.of()));
            for (int i = 0; i < 6; i++) {
                if (i % 3 == 2) {
                    var hold = open.removeFirst();
                    journal.settle(settlement(hold));
                    settled.add(hold);
                } else {
                    open.add(holdNow(journal, random.nextInt()));
                }
                states.add(new After(journal.end().offset(), ids(open), ids(settled)));
            }
        }
        var whole = Files.readAllBytes(segments().getFirst());

        for (int cut = states.getFirst().end(); cut <= states.getLast().end(); cut++) {
            var torn = Files.createDirectories(scratch.resolve("cut" + cut));
            int length = cut;
            var expected = states.stream().filter(s -> s.end() <= length).toList().getLast();
            Files.write(
                    torn.resolve(segments().getFirst().getFileName()), Arrays.copyOf(whole, cut));
            try (var journal = open(torn)) {
                assertThat(ids(journal.recovered())).as("cut %d", cut).isEqualTo(expected.open());
                assertThat(unacked(journal)).as("cut %d", cut).isEqualTo(expected.unacked());
            }
        }
    }
}
