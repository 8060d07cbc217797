package io.apihub.extauthz.credit;

import io.apihub.credit.v1.Return;
import io.apihub.credit.v1.ReturnedLease;
import io.apihub.extauthz.journal.Position;
import io.apihub.extauthz.journal.UsageJournal;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases that billing asks back and this process does not know: it was refused what was granted
 * after all, because nobody heard of a commit, or an old stream's request was read late. They would
 * stay counted as long as it lives. One is given back when none of its requests can be without
 * billing's knowledge: whatever could bring the lease was answered, so it is never taken in, and if
 * it was here once, all that was written until then is acknowledged. Billing asks again and again.
 */
final class Strangers {

    private static final Logger LOG = LoggerFactory.getLogger(Strangers.class);

    /** A rate of which nothing is known comes back used up. */
    private static final long MINUTE = 60_000_000_000L;

    /** More are forgotten: billing asks again. */
    private static final int MOST = 10_000;

    private final UsageJournal journal;
    private final CreditSession session;
    private final LongPredicate recall;
    private final LongSupplier nanoTime;
    private final Map<Long, Seen> seen = new HashMap<>();

    /**
     * What has to happen first.
     *
     * @param asked requests up to this one are answered
     * @param written until here all is acknowledged; null before the first is so
     */
    private record Seen(long asked, @Nullable Position written) {}

    /**
     * None yet.
     *
     * @param recall gives a lease back as usual; false if it is not here
     */
    Strangers(
            UsageJournal journal,
            CreditSession session,
            LongPredicate recall,
            LongSupplier nanoTime) {
        this.journal = journal;
        this.session = session;
        this.recall = recall;
        this.nanoTime = nanoTime;
    }

    /** Billing asks for a lease that was not here just now. */
    synchronized void recalled(long leaseId) {
        if (session.isGivingBack(leaseId)) {
            return;
        }
        if (seen.size() >= MOST) {
            seen.clear();
        }
        var one = seen.computeIfAbsent(leaseId, _ -> new Seen(session.lastAsked(), null));
        if (one.written() == null && !session.awaits(one.asked())) {
            // What could bring it has been taken in: if it is not here now, it will never be.
            if (recall.test(leaseId)) {
                seen.remove(leaseId);
                return;
            }
            one = new Seen(one.asked(), journal.end());
            seen.put(leaseId, one);
        }
        giveBack(leaseId, one);
    }

    private void giveBack(long leaseId, Seen one) {
        // First: what is acknowledged on a later timeline says nothing about this one.
        long timeline = journal.lives().timeline();
        if (one.written() != null && timeline != 0 && isAcknowledged(one.written())) {
            seen.remove(leaseId);
            LOG.info("lease {} is not known here: given back", leaseId);
            session.giveBack(all(leaseId).setTimeline(timeline).build());
        }
    }

    private Return.Builder all(long leaseId) {
        long usedUp = session.billingMillis(nanoTime.getAsLong() + MINUTE);
        return Return.newBuilder()
                .addLeases(
                        ReturnedLease.newBuilder()
                                .setLeaseId(leaseId)
                                .setReturnedTotal(Long.MAX_VALUE)
                                .setTheoreticalArrivalMillis(usedUp)
                                .setClosing(true));
    }

    private boolean isAcknowledged(Position written) {
        var unacked = journal.unacked();
        return unacked.compareTo(written) >= 0 || journal.read(unacked, 1).records().isEmpty();
    }
}
