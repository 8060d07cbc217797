package io.apihub.billing.access;

import java.util.Optional;

/** Who may call an endpoint. */
public enum Level {
    /** Whoever reaches the port. */
    ANYONE,
    /** Whoever has logged in; what is answered must be the caller's own. */
    SIGNED_IN,
    /** Members of the tenant in the path, in this role or a higher one, and administrators. */
    VIEWER,
    DEVELOPER,
    OWNER,
    /** Administrators of the platform. */
    ADMINISTRATOR;

    /** The role in the tenant of the path that is needed; empty if the path needs no tenant. */
    public Optional<Role> role() {
        return switch (this) {
            case VIEWER -> Optional.of(Role.VIEWER);
            case DEVELOPER -> Optional.of(Role.DEVELOPER);
            case OWNER -> Optional.of(Role.OWNER);
            case ANYONE, SIGNED_IN, ADMINISTRATOR -> Optional.empty();
        };
    }
}
