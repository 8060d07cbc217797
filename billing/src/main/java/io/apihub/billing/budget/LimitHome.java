package io.apihub.billing.budget;

import java.util.UUID;

/**
 * The object that limits are in.
 *
 * @param quota empty for a tenant, whose own limits they are
 */
public record LimitHome(UUID tenantId, String namespace, String quota) {

    static LimitHome of(LimitName name) {
        return new LimitHome(name.tenantId(), name.namespace(), name.quota());
    }

    LimitName limit(String name) {
        return new LimitName(tenantId, namespace, quota, name);
    }
}
