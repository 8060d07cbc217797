package io.apihub.operator.registry;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far one counter of one limit is, in billing's words, as of its last transition.
 *
 * @param subject the ApiKey that the counter is about; empty for the target as a whole
 * @param exhausted whether the limit refuses
 * @param alertingPercent the greatest of the limit's alert percentages that is reached; 0 for none
 * @param resetsAt when the window ends, and with it all that is said here; null for never
 */
public record LimitState(
        Target target,
        String limit,
        String subject,
        boolean exhausted,
        int alertingPercent,
        @Nullable Instant resetsAt) {

    /** Whether there is anything to say at an instant. */
    public boolean holds(Instant now) {
        return (exhausted || alertingPercent > 0) && (resetsAt == null || now.isBefore(resetsAt));
    }

    /** Names the counter; a later state of the same counter replaces this one. */
    public Counter counter() {
        return new Counter(target, limit, subject);
    }

    /**
     * A Quota, or a Tenant.
     *
     * @param namespace the tenant's
     * @param quota the Quota's name; empty for the limits of the Tenant
     */
    public record Target(UUID tenantId, String namespace, String quota) {}

    /** One counter of one limit. */
    public record Counter(Target target, String limit, String subject) {}
}
