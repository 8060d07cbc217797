package io.apihub.e2e.simulation;

import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Pot;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Which rows were written, at least; a transaction that failed left them as they were. */
final class Touched {

    private final Set<Pot.Id> pots = new LinkedHashSet<>();
    private final Set<Long> leases = new LinkedHashSet<>();
    private boolean any = true;

    /** Something, perhaps a balance. */
    void any() {
        any = true;
    }

    void saved(Collection<? extends Pot> savedPots, Collection<Lease> savedLeases) {
        any = true;
        for (var pot : savedPots) {
            pots.add(pot.id());
        }
        for (var lease : savedLeases) {
            leases.add(lease.number());
            pots.add(lease.pot());
        }
    }

    void inserted(Collection<Lease> fresh, Collection<Long> numbers) {
        any = true;
        fresh.forEach(lease -> pots.add(lease.pot()));
        leases.addAll(numbers);
    }

    Set<Pot.Id> pots() {
        return pots;
    }

    Set<Long> leases() {
        return leases;
    }

    boolean isNone() {
        return !any;
    }

    void clear() {
        any = false;
        pots.clear();
        leases.clear();
    }
}
