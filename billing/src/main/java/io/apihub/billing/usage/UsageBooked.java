package io.apihub.billing.usage;

import java.util.List;
import java.util.UUID;

/**
 * Records of one tenant were written or corrected, in the transaction that this is published in.
 *
 * @param holds their ids
 */
public record UsageBooked(UUID tenant, List<UUID> holds) {

    public UsageBooked {
        holds = List.copyOf(holds);
    }
}
