package io.apihub.billing.budget;

import io.apihub.model.money.Credits;
import java.util.UUID;

/**
 * A wish to lease from a tenant's account.
 *
 * @param needed without this much nothing is granted; 0 or more
 * @param wished what the gateway would like; at least {@code needed}
 */
public record Want(UUID tenantId, Credits needed, Credits wished) {

    public Want {
        if (needed.isNegative() || wished.compareTo(needed) < 0 || !wished.isPositive()) {
            throw new IllegalArgumentException(
                    "needed " + needed + ", wished " + wished + ": wants 0 <= needed <= wished");
        }
    }
}
