package io.apihub.billing.budget;

import java.util.UUID;

/**
 * Names one limit.
 *
 * @param namespace the tenant's
 * @param quota empty for the tenant's own limits
 */
public record LimitName(UUID tenantId, String namespace, String quota, String limit) {

    /** As answers and records name it. */
    public String label() {
        return (quota.isEmpty() ? "tenant" : quota) + "/" + limit;
    }
}
