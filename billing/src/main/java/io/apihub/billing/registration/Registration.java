package io.apihub.billing.registration;

import io.apihub.model.money.Credits;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A registration under way.
 *
 * @param trial as it was configured when the user registered
 * @param tenant null until the Tenant is made
 */
record Registration(
        UUID id,
        UUID user,
        String tenantName,
        String displayName,
        String template,
        Credits trial,
        Step step,
        @Nullable UUID tenant) {}
