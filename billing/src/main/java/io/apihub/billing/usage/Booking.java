package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.HoldId;
import java.util.List;
import java.util.UUID;

/**
 * One record, read and rated: what its settlement needs.
 *
 * @param taken of all leases, in each lease's unit
 * @param counted what it counts against limits
 * @param worst what it would count if it used all of its hold
 * @param overage of the cost, what is more than the hold had set aside
 * @param metered false: recorded with its cost, which nobody pays
 * @param correction a true record for what was estimated before
 * @param row its row in billing.usage
 */
record Booking(
        HoldId hold,
        UUID tenantId,
        List<Take> taken,
        Measures counted,
        Measures worst,
        Credits overage,
        boolean metered,
        boolean correction,
        UsageRow row) {

    /** What a hold took of one lease. */
    record Take(long leaseId, long amount) {}

    Booking {
        taken = List.copyOf(taken);
    }

    UUID keyUid() {
        return row.keyUid();
    }

    String model() {
        return row.model();
    }

    /** Whether the truth about it may come later. */
    boolean mayBeCorrected() {
        return !row.isMeasured();
    }

    Credits cost() {
        return counted.cost();
    }
}
