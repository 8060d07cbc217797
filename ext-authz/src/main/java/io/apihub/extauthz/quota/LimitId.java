package io.apihub.extauthz.quota;

import java.util.UUID;

/**
 * A limit by its names, so that deleting and recreating a quota resets nothing.
 *
 * @param quota the quota's name, or {@code tenant} for the tenant's own limits
 */
public record LimitId(UUID tenant, String namespace, String quota, String limit) {

    public String label() {
        return quota + "/" + limit;
    }
}
