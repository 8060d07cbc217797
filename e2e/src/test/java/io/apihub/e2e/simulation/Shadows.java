package io.apihub.e2e.simulation;

import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.Metric;
import io.apihub.billing.usage.MemoryUsage;
import io.apihub.model.usage.HoldId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        if (!cap.isEnforced()) {
            counted(party, cap, observed, exact);
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

    /** Each row counts as it is now: what corrected an estimate changed what was counted of it. */
    private void counted(Party party, Party.Cap cap, long observed, boolean exact) {
        long all = 0;
        for (var request : world.upstream().all()) {
            var row = request.tenant == party ? row(request) : null;
            all += row == null ? 0 : counts(cap.metric, request, row);
        }
        if (observed > all || (exact && observed < all)) {
            throw new Violation(cap + " counted " + observed + ", its requests are " + all);
        }
    }

    private MemoryUsage.@Nullable Row row(Request request) {
        var id = HoldId.ofBytes(request.hold.getHoldId().toByteArray()).uuid();
        return world.bank().usage().rows().get(id);
    }

    /** What of a request is not known is its whole hold. */
    private static long counts(Metric metric, Request request, MemoryUsage.Row row) {
        var hold = request.hold;
        boolean whole = row.outcome().equals("unreported") || row.outcome().equals("quarantined");
        long input = whole ? hold.getInputTokens() : row.tokens().input();
        long output = whole ? hold.getOutputTokens() : row.tokens().output();
        long counts =
                switch (metric) {
                    case REQUESTS -> 1;
                    case INPUT_TOKENS -> input;
                    case OUTPUT_TOKENS -> output;
                    case TOTAL_TOKENS -> input + output;
                    case COST -> row.costMicros();
                    case CONCURRENCY -> 0;
                };
        return row.outcome().equals("voided") ? 0 : counts;
    }
}
