package io.apihub.extauthz.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whatever a disk does to some frames, all the others are there. */
class JournalDamageTest {

    private static final BootId BOOT = new BootId(new UUID(0, 1));

    private record Written(int from, int to, String text) {}

    @Test
    void everyGoodFrameIsFoundWhateverIsBetween() throws IOException {
        for (long seed = 0; seed < 3000; seed++) {
            var random = new Random(seed);
            int size = 2048 + random.nextInt(6000);
            var file = new FaultyDisk(random, size).mount().create(1, size);
            var frames = write(file, random);

            var before = copyOf(file);
            for (int i = random.nextInt(6); i >= 0; i--) {
                damage(file, random);
            }
            var after = copyOf(file);
            var good = new ArrayList<>(frames);
            good.removeIf(frame ->
                    !Arrays.equals(
                            before, frame.from(), frame.to(), after, frame.from(), frame.to()));

            var found = new ArrayList<String>();
            int damaged =
                    Segment.written(1, file)
                            .scan((frame, _) -> found.add(frame.payload().toStringUtf8()));
            assertThat(found)
                    .as("seed %d", seed)
                    .isEqualTo(good.stream().map(Written::text).toList());
            boolean inside = !good.isEmpty() && good.size() <= frames.indexOf(good.getLast());
            assertThat(damaged > 0 || !inside).as("seed %d: damage is told", seed).isTrue();
        }
    }

    private static List<Written> write(JournalFile file, Random random) {
        var segment = Segment.empty(1, file);
        var frames = new ArrayList<Written>();
        while (true) {
            var text = "x".repeat(random.nextInt(300)) + frames.size();
            int from = segment.end().offset();
            if (segment.remaining() < Frame.sizeOf(text.length())) {
                return frames;
            }
            segment.append(FrameType.HOLD, text.getBytes(StandardCharsets.US_ASCII));
            frames.add(new Written(from, segment.end().offset(), text));
        }
    }

    private static byte[] copyOf(JournalFile file) {
        var bytes = new byte[file.bytes().limit()];
        file.bytes().get(0, bytes);
        return bytes;
    }

    /** Overwrites some bytes by others, by zeros, or by a piece of what is elsewhere. */
    private static void damage(JournalFile file, Random random) {
        var bytes = file.bytes();
        int from = random.nextInt(bytes.limit());
        int to = Math.min(bytes.limit(), from + 1 + random.nextInt(random.nextInt(700) + 1));
        int other = random.nextInt(bytes.limit() - (to - from) + 1);
        int kind = random.nextInt(3);
        for (int at = from; at < to; at++) {
            byte now =
                    switch (kind) {
                        case 0 -> 0;
                        case 1 -> (byte) random.nextInt();
                        default -> bytes.get(other + at - from);
                    };
            bytes.put(at, now);
        }
    }

    /** What a journal knew when all of it was last on the disk. */
    private record Durable(Set<HoldId> open, Set<HoldId> settled) {}

    private final Map<HoldId, Hold> open = new HashMap<>();
    private final Set<HoldId> settled = new HashSet<>();
    private final Set<HoldId> acked = new HashSet<>();
    private Durable durable = new Durable(Set.of(), Set.of());

    @Test
    void aPowerCutTakesNothingThatWasOnTheDisk() throws IOException {
        for (long seed = 0; seed < 150; seed++) {
            open.clear();
            settled.clear();
            acked.clear();
            durable = new Durable(Set.of(), Set.of());
            var random = new Random(seed);
            var disk = new FaultyDisk(random, 6L * Entries.limits().segmentBytes());
            for (int life = 0; life < 4; life++) {
                live(disk, random, "seed " + seed + ", life " + life);
                disk.cutPower();
            }
        }
    }

    private void live(FaultyDisk disk, Random random, String name) throws IOException {
        var journal =
                UsageJournal.open(
                        disk.mount(), Entries.limits(), Incarnation.random(random), BOOT, () -> 0);
        var unacked = Entries.unacked(journal);
        var recovered = Entries.ids(journal.recovered());
        for (var id : durable.open()) {
            assertThat(recovered.contains(id) || settled.contains(id) || !open.containsKey(id))
                    .as(name)
                    .isTrue();
        }
        assertThat(without(durable.settled(), acked)).as(name).isSubsetOf(unacked);
        open.keySet().retainAll(recovered);
        journal.recovered().forEach(hold -> open.put(Entries.id(hold), hold));
        settled.removeAll(recovered);
        settled.retainAll(union(unacked, acked));
        sync(journal);
        for (int i = 0; i < 60; i++) {
            step(journal, random);
        }
    }

    private void step(UsageJournal journal, Random random) throws IOException {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                var hold = Entries.hold(random, journal.incarnation());
                if (journal.hold(WrittenHold.of(hold))) {
                    open.put(Entries.id(hold), hold);
                }
            }
            case 3, 4, 5 -> {
                if (!open.isEmpty()) {
                    var hold = open.values().iterator().next();
                    assertThat(journal.settle(Entries.settlement(hold))).isTrue();
                    open.remove(Entries.id(hold));
                    settled.add(Entries.id(hold));
                }
            }
            case 6 -> {
                var batch = journal.read(journal.unacked(), 1 + random.nextInt(5));
                batch.records().forEach(each -> acked.add(Entries.id(each.getHold())));
                journal.acked(batch.next(), journal.rewinds());
            }
            default -> sync(journal);
        }
    }

    private void sync(UsageJournal journal) throws IOException {
        journal.maintain();
        durable = new Durable(Set.copyOf(open.keySet()), Set.copyOf(settled));
    }

    private static Set<HoldId> without(Set<HoldId> all, Set<HoldId> some) {
        var rest = new HashSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    private static Set<HoldId> union(Set<HoldId> some, Set<HoldId> others) {
        var all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }
}
