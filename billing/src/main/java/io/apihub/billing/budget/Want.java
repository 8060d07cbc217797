package io.apihub.billing.budget;

import java.util.UUID;

/**
 * A wish to lease.
 *
 * @param needed without this much nothing is granted; 0 or more
 * @param wished what the gateway would like; at least {@code needed}, and above 0
 */
public record Want(Subject subject, long needed, long wished) {

    /** What is wanted a part of. */
    public sealed interface Subject {}

    /** A tenant's money, in micro-units. */
    public record OfAccount(UUID tenantId) implements Subject {}

    /**
     * A counter of a limit.
     *
     * @param windowStartMillis 0: the running window; its end: the next
     */
    public record OfBudget(LimitKey limit, long windowStartMillis) implements Subject {}

    /** A rate or slots. */
    public record OfShare(LimitKey limit) implements Subject {}

    public Want {
        if (needed < 0 || wished < needed || wished <= 0) {
            throw new IllegalArgumentException(
                    "needed " + needed + ", wished " + wished + ": wants 0 <= needed <= wished");
        }
    }
}
