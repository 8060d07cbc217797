package io.apihub.extauthz.usage;

import io.apihub.extauthz.credit.Leases;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles each hold exactly once: journal first, then the money goes back. Thread safe. */
public final class Settlements {

    private static final Logger LOG = LoggerFactory.getLogger(Settlements.class);

    /** Ids that are remembered to tell a repeat or a late entry. */
    private static final int REMEMBERED = 100_000;

    private final UsageJournal journal;
    private final Leases leases;
    private final HoldCost costs;
    private final MeterRegistry meters;
    private final Counter vanished;
    private final Set<HoldId> unknown = remembered();

    public Settlements(
            UsageJournal journal, Leases leases, PriceLookup prices, MeterRegistry meters) {
        this.journal = journal;
        this.leases = leases;
        this.costs = new HoldCost(prices);
        this.meters = meters;
        vanished =
                Counter.builder("apihub.extauthz.holds.vanished")
                        .description("Voided though nothing was interrupted: must stay 0")
                        .register(meters);
    }

    private static Set<HoldId> remembered() {
        return Collections.synchronizedSet(
                Collections.newSetFromMap(
                        new LinkedHashMap<>() {
                            private static final long serialVersionUID = 1L;

                            @Override
                            protected boolean removeEldestEntry(Map.Entry<HoldId, Boolean> oldest) {
                                return size() > REMEMBERED;
                            }
                        }));
    }

    /** Takes in what Envoy says about a request. A repeat changes nothing. */
    public void logged(LogEntry entry) {
        var settlement = UsageExtractor.extract(entry);
        var id = idOf(settlement.getHold());
        if (settle(settlement)) {
            return;
        }
        var correction = settlement.toBuilder().setCorrection(true).build();
        if (journal.correct(correction)) {
            count("corrected");
        } else if (isRepeat(id, settlement.getHold())) {
            count("repeated");
        } else {
            // What this journal forgot of it may have been provisional. Billing can tell.
            count("unknown");
            append(correction);
        }
    }

    /** The journal knows all holds of this incarnation, and what it ended before it was opened. */
    private boolean isRepeat(HoldId id, Hold hold) {
        return hold.getIncarnation().equals(journal.incarnation().bytes())
                || journal.endedBefore(id)
                || !unknown.add(id);
    }

    /** Ends a hold of which Envoy will say nothing; what it says after all is a correction. */
    void unreported(Hold hold, Outcome outcome, String note) {
        var settlement =
                UsageRecord.newBuilder()
                        .setHold(hold)
                        .setOutcome(outcome)
                        .setStartedAtMillis(hold.getAdmittedAtMillis())
                        .setFinishedAtMillis(hold.getAdmittedAtMillis())
                        .setRequestBytes(hold.getRequestBytes())
                        .setNote(note)
                        .build();
        if (journal.settleProvisionally(settlement)) {
            settled(settlement);
            if (outcome == Outcome.OUTCOME_VOIDED) {
                vanished.increment();
                LOG.warn(
                        "hold {} of request {} is voided: Envoy said nothing about it in time, and"
                                + " nothing was interrupted",
                        idOf(hold),
                        hold.getRequestId());
            }
        }
    }

    private boolean settle(UsageRecord settlement) {
        if (!journal.settle(settlement)) {
            return false;
        }
        settled(settlement);
        return true;
    }

    private void settled(UsageRecord settlement) {
        count(settlement.getOutcome().name().substring("OUTCOME_".length()));
        leases.ended(settlement.getHold(), costs.amounts(settlement));
    }

    private void append(UsageRecord settlement) {
        if (!journal.settleUnknown(settlement)) {
            count("lost");
            LOG.error("no room in the journal for the usage of {}", idOf(settlement.getHold()));
        }
    }

    private void count(String outcome) {
        meters.counter("apihub.extauthz.usage.records", "outcome", outcome.toLowerCase(Locale.ROOT))
                .increment();
    }

    private static HoldId idOf(Hold hold) {
        return HoldId.ofBytes(hold.getHoldId().toByteArray());
    }
}
