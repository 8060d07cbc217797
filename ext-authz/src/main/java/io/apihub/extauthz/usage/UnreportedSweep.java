package io.apihub.extauthz.usage;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Ends holds of which Envoy says nothing: no request lives longer than its hold says. Time counts
 * only while the access log is connected. Not thread safe.
 */
public final class UnreportedSweep {

    /** When a hold was first seen open, and how often the access log had been cut by then. */
    private record Seen(long upNanos, long cuts) {}

    private final UsageJournal journal;
    private final Settlements settlements;
    private final LogConnections connections;
    private final long longestNanos;
    private final LongSupplier nanoTime;
    private Map<HoldId, Seen> seen = new HashMap<>();
    private long cutsBefore;

    /**
     * A sweep; it begins with holds of an earlier process.
     *
     * @param longest no request takes longer whose hold does not say how long it may, the time
     *     until its log entry is here included
     */
    public UnreportedSweep(
            UsageJournal journal,
            Settlements settlements,
            LogConnections connections,
            Duration longest,
            LongSupplier nanoTime) {
        this.journal = journal;
        this.settlements = settlements;
        this.connections = connections;
        this.longestNanos = longest.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Looks at all open holds once; call it several times within what they may take. */
    public void sweep() {
        long up = connections.upNanos(nanoTime.getAsLong());
        long cuts = connections.cuts();
        var still = new HashMap<HoldId, Seen>();
        for (var hold : journal.open()) {
            var id = HoldId.ofBytes(hold.getHoldId().toByteArray());
            var first = seen.getOrDefault(id, new Seen(up, cutsBefore));
            if (up - first.upNanos() < longestNanos(hold)) {
                still.put(id, first);
            } else if (cuts > first.cuts() || !isOurs(hold.getIncarnation())) {
                settlements.unreported(
                        hold, Outcome.OUTCOME_UNREPORTED, "no log entry after an interruption");
            } else {
                settlements.unreported(hold, Outcome.OUTCOME_VOIDED, "no log entry");
            }
        }
        seen = still;
        cutsBefore = cuts;
    }

    private long longestNanos(Hold hold) {
        long said = hold.getLongestMillis();
        return said > 0 ? TimeUnit.MILLISECONDS.toNanos(said) : longestNanos;
    }

    private boolean isOurs(ByteString incarnation) {
        return incarnation.equals(journal.incarnation().bytes());
    }
}
