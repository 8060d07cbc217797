package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Holds and settlements for the journal's tests. */
final class Entries {

    private Entries() {}

    static JournalSettings small(Path directory) {
        return new JournalSettings(directory, limits());
    }

    static JournalLimits limits() {
        return new JournalLimits(48 << 10, 8, 4 << 10, Duration.ZERO, JournalSync.BEHIND);
    }

    static UsageJournal open(Path directory) {
        return UsageJournal.open(small(directory), Incarnation.random(new Random()));
    }

    static Hold hold(RandomGenerator random, Incarnation incarnation) {
        return Hold.newBuilder()
                .setHoldId(
                        ByteString.copyFrom(HoldId.mint(InstantSource.system(), random).toBytes()))
                .setIncarnation(incarnation.bytes())
                .setTenantId(ByteString.copyFrom(new byte[16]))
                .setModel("m".repeat(1 + random.nextInt(60)))
                .setCostMicros(random.nextInt(1_000_000))
                .build();
    }

    static UsageRecord settlement(Hold hold) {
        return UsageRecord.newBuilder()
                .setHold(hold)
                .setOutcome(UsageRecord.Outcome.OUTCOME_MEASURED)
                .setTokens(Tokens.newBuilder().setInput(11).setOutput(5))
                .build();
    }

    static HoldId id(Hold hold) {
        return WrittenHold.idOf(hold);
    }

    /** Ids of all settlements that billing has not acknowledged; fails on one that comes twice. */
    static Set<HoldId> unacked(UsageJournal journal) {
        var ids = new HashSet<HoldId>();
        for (var settlement : journal.read(journal.unacked(), Integer.MAX_VALUE).records()) {
            if (!ids.add(id(settlement.getHold()))) {
                throw new AssertionError("twice: " + id(settlement.getHold()));
            }
        }
        return ids;
    }

    static Set<HoldId> ids(List<Hold> holds) {
        var ids = new HashSet<HoldId>();
        holds.forEach(hold -> ids.add(id(hold)));
        return ids;
    }

    static List<Hold> holds(UsageJournal journal, int count) {
        var random = new Random(count);
        var holds = new ArrayList<Hold>();
        for (int i = 0; i < count; i++) {
            var hold = hold(random, journal.incarnation());
            if (!journal.hold(WrittenHold.of(hold))) {
                throw new AssertionError("no room for hold " + i);
            }
            holds.add(hold);
        }
        return holds;
    }
}
