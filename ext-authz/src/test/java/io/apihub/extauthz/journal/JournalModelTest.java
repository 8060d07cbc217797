package io.apihub.extauthz.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random sequences of operations, restarts among them, against a model of sets and lists. */
class JournalModelTest {

    @TempDir Path directory;

    private final Map<HoldId, Hold> open = new LinkedHashMap<>();
    private final Set<HoldId> settled = new LinkedHashSet<>();
    private final Set<HoldId> acked = new HashSet<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void journalAndModelAgree(long seed) throws IOException {
        var random = new Random(seed);
        var journal = Entries.open(directory);
        try {
            for (int i = 0; i < 600; i++) {
                if (random.nextInt(40) == 0) {
                    journal.close();
                    journal = Entries.open(directory);
                    assertThat(Entries.ids(journal.recovered())).isEqualTo(open.keySet());
                } else {
                    step(journal, random);
                }
                check(journal);
            }
        } finally {
            journal.close();
        }
    }

    private void step(UsageJournal journal, Random random) throws IOException {
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                var hold = Entries.hold(random, journal.incarnation());
                if (journal.hold(WrittenHold.of(hold))) {
                    open.put(Entries.id(hold), hold);
                } else {
                    assertThat(journal.room()).isLessThan(4 << 10);
                }
            }
            case 2, 3 -> settleOne(journal, random);
            case 4 -> {
                var batch = journal.read(journal.unacked(), 1 + random.nextInt(9));
                batch.records().forEach(each -> acked.add(Entries.id(each.getHold())));
                journal.acked(batch.next(), journal.rewinds());
            }
            default -> journal.maintain();
        }
    }

    private void settleOne(UsageJournal journal, Random random) {
        var ids = new ArrayList<>(open.keySet());
        if (ids.isEmpty()) {
            return;
        }
        var id = ids.get(random.nextInt(ids.size()));
        var hold = open.remove(id);
        if (random.nextInt(5) == 0) {
            assertThat(journal.release(id)).contains(hold);
        } else {
            assertThat(journal.settle(Entries.settlement(List.of(hold).getFirst()))).isTrue();
            settled.add(id);
        }
        assertThat(journal.release(id)).isEmpty();
    }

    /** Nothing unacknowledged is ever missing; acknowledged ones may come again. */
    private void check(UsageJournal journal) {
        assertThat(journal.openHolds()).isEqualTo(open.size());
        var missing = new HashSet<>(settled);
        missing.removeAll(acked);
        var sent = Entries.unacked(journal);
        assertThat(sent).containsAll(missing);
        assertThat(settled).containsAll(sent);
        assertThat(journal.segments()).isLessThanOrEqualTo(100);
    }
}
