package io.apihub.billing.budget;

import java.util.List;

/** Closes leases whole, as the rounds do. */
public final class ClosedLeases {

    private ClosedLeases() {}

    /** In a transaction of its own. */
    public static void close(CreditStore store, List<Long> leases) {
        store.inTransaction(() -> new LeaseReturns(store).close(leases));
    }
}
