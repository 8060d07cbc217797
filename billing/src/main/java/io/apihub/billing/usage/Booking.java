package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.HoldId;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One record, read and rated: what its settlement needs.
 *
 * @param cost rounded up once; of it, {@code overage} is more than the hold had taken
 * @param metered false: recorded with its cost, which nobody pays
 * @param correction a true record for what was estimated before
 * @param row the values of its row in billing.usage, by column
 */
record Booking(
        HoldId hold,
        UUID tenantId,
        List<Take> taken,
        Credits cost,
        Credits overage,
        boolean metered,
        boolean correction,
        Map<String, Object> row) {

    /** What a hold took of one lease. */
    record Take(long leaseId, Credits amount) {}

    Booking {
        taken = List.copyOf(taken);
        row = Map.copyOf(row);
    }
}
