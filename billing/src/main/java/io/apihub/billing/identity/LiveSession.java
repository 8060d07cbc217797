package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.user.UserState;
import java.time.Instant;
import java.util.UUID;

/**
 * A session that works, and whose it is, as of this request.
 *
 * @param expiresAt whatever happens before
 * @param passwordMustChange nothing else is allowed until it is
 */
record LiveSession(
        UUID id,
        Caller caller,
        UserState state,
        Instant lastSeenAt,
        Instant expiresAt,
        boolean passwordMustChange) {}
