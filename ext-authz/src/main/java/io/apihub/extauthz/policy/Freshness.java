package io.apihub.extauthz.policy;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long ago this gateway was certainly up to date, by its monotonic clock. A heartbeat alone
 * does not count: it must name a revision that the gateway has, or one that it gets later (then the
 * time of that heartbeat counts). So a feed that beats but no longer delivers goes stale too.
 */
final class Freshness {

    private final LongSupplier ticker;
    private final long maxStaleNanos;
    private boolean awaiting;
    private long awaitedRevision;
    private long awaitedSinceNanos;
    private boolean everCurrent;
    private volatile boolean known;
    private volatile long currentAtNanos;

    Freshness(LongSupplier ticker, Duration maxStale) {
        this.ticker = ticker;
        this.maxStaleNanos = maxStale.toNanos();
    }

    synchronized void heartbeat(long headRevision, long appliedRevision) {
        long now = ticker.getAsLong();
        if (headRevision <= appliedRevision) {
            current(now);
        } else if (!awaiting) {
            awaiting = true;
            awaitedRevision = headRevision;
            awaitedSinceNanos = now;
        }
    }

    synchronized void applied(long revision) {
        if (awaiting && revision >= awaitedRevision) {
            current(awaitedSinceNanos);
            awaiting = false;
        }
    }

    /** An earlier process was up to date so long ago. */
    synchronized void restored(long ageNanos) {
        current(ticker.getAsLong() - ageNanos);
    }

    /** What was awaited belonged to another history. */
    synchronized void newEpoch() {
        awaiting = false;
    }

    private void current(long atNanos) {
        if (!everCurrent || atNanos - currentAtNanos > 0) {
            everCurrent = true;
            currentAtNanos = atNanos;
            known = true;
        }
    }

    boolean isFresh() {
        return known && ticker.getAsLong() - currentAtNanos <= maxStaleNanos;
    }

    /** Nanoseconds since the gateway was up to date; negative if it never was. */
    long ageNanos() {
        return known ? ticker.getAsLong() - currentAtNanos : -1;
    }
}
