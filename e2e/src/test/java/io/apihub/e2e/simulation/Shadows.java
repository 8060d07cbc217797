package io.apihub.e2e.simulation;

import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.Metric;
import io.apihub.billing.usage.MemoryUsage;
import java.util.ArrayList;
import java.util.List;

/** What must hold at the end of the limits in Shadow, and of those that never were. */
final class Shadows {

    private final World world;

    Shadows(World world) {
        this.world = world;
    }

    /**
     * @param followed whether every billing knew all limits before it counted anything
     */
    void check(boolean followed) {
        for (var party : world.parties()) {
            for (var cap : party.caps) {
                if (cap.isSteady()) {
                    steady(party, cap, followed && !world.bank().hasLost());
                }
            }
        }
    }

    private void steady(Party party, Party.Cap cap, boolean exact) {
        long observed = 0;
        for (var counts : counts(cap)) {
            observed += counts.observed();
            if (cap.isEnforced()) {
                Violation.unless(
                        counts.observed() == 0 && counts.wouldHaveRefused() == 0,
                        "counted as in Shadow");
            } else if (counts.spent() != 0 || counts.leased() != 0 || counts.overage() != 0) {
                throw new Violation(cap + " is in Shadow and was leased: " + counts);
            }
        }
        if (!cap.isEnforced() && cap.metric == Metric.REQUESTS) {
            requests(party, cap, observed, exact);
        }
    }

    private List<Budget.Counts> counts(Party.Cap cap) {
        var found = new ArrayList<Budget.Counts>();
        for (var row : world.bank().rows().rows().budgets().values()) {
            if (row.key().limit().name().equals(cap.name)) {
                found.add(row.counts());
            }
        }
        return found;
    }

    /** Each row counts once, unless it is voided; what corrected an estimate may have been so. */
    private void requests(Party party, Party.Cap cap, long observed, boolean exact) {
        long least = 0;
        long most = 0;
        for (MemoryUsage.Row row : world.bank().usage().rows().values()) {
            if (row.tenantId().equals(party.id) && !row.outcome().equals("voided")) {
                most++;
                least += row.corrected() ? 0 : 1;
            }
        }
        if (observed > most || (exact && observed < least)) {
            throw new Violation(
                    cap + " counted " + observed + " of " + least + " to " + most + " requests");
        }
    }
}
