package io.apihub.extauthz.quota;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the limits said to one request, and what it took from them. */
public final class Admission {

    static final Admission UNLIMITED = new Admission(List.of(), 0, null, 0);

    private final List<Taken> taken;
    private final long atNanos;
    private final @Nullable Limit refusedBy;
    private final long waitNanos;

    Admission(List<Taken> taken, long atNanos, @Nullable Limit refusedBy, long waitNanos) {
        this.taken = taken;
        this.atNanos = atNanos;
        this.refusedBy = refusedBy;
        this.waitNanos = waitNanos;
    }

    record Taken(Limit limit, Counter counter) {}

    /**
     * How the tightest limit of requests a minute stands.
     *
     * @param resetNanos until all of it is there again
     */
    public record Rate(long limit, long remaining, long resetNanos) {}

    /** The limit that refused, null if the request may go. */
    public @Nullable Limit refusedBy() {
        return refusedBy;
    }

    /** Nanoseconds after which the refused request may be tried again. */
    public long waitNanos() {
        return waitNanos;
    }

    /** The limit of requests a minute with the least left, null if there is none. */
    public @Nullable Rate tightestRate() {
        var refuser = refusedBy;
        if (refuser != null && refuser.metric() == Limit.Metric.REQUESTS_PER_MINUTE) {
            return new Rate(refuser.amount(), 0, waitNanos);
        }
        @Nullable Rate tightest = null;
        for (var each : taken) {
            var limit = each.limit;
            if (limit.metric() != Limit.Metric.REQUESTS_PER_MINUTE) {
                continue;
            }
            long remaining = each.counter.remaining(limit.amount(), atNanos);
            if (tightest == null || remaining < tightest.remaining()) {
                tightest = new Rate(limit.amount(), remaining, each.counter.resetNanos(atNanos));
            }
        }
        return tightest;
    }

    /** Whether something is to be released when the request ends. */
    public boolean holdsSlots() {
        for (var each : taken) {
            if (each.limit.metric() == Limit.Metric.CONCURRENCY) {
                return true;
            }
        }
        return false;
    }

    /** Undoes everything: the request was refused by a later step. Once only. */
    public void giveBack() {
        for (var each : taken) {
            each.counter.giveBack(each.limit.amount());
        }
    }

    /** The request ended. Once only. */
    public void release() {
        for (var each : taken) {
            each.counter.release();
        }
    }

    Admission withNothingTaken() {
        giveBack();
        return new Admission(List.of(), atNanos, refusedBy, waitNanos);
    }
}
