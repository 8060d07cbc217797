package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.HoldId;
import java.util.List;
import java.util.Map;
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
 * @param row the values of its row in billing.usage, by column
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
        Map<String, Object> row) {

    /** What a hold took of one lease. */
    record Take(long leaseId, long amount) {}

    Booking {
        taken = List.copyOf(taken);
        row = Map.copyOf(row);
    }

    UUID keyUid() {
        return UUID.fromString(String.valueOf(row.get("key_uid")));
    }

    String model() {
        return String.valueOf(row.get("model"));
    }

    Credits cost() {
        return counted.cost();
    }
}
