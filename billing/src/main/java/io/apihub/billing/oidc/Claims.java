package io.apihub.billing.oidc;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the provider says of somebody.
 *
 * @param subject never somebody else's at this provider
 * @param email null if it was not said
 * @param emailVerified only if the provider says so itself
 */
record Claims(
        String issuer,
        String subject,
        @Nullable String email,
        boolean emailVerified,
        @Nullable String name,
        Set<String> groups) {

    Claims {
        groups = Set.copyOf(groups);
    }
}
