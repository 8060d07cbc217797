package io.apihub.billing.access;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request. A controller's parameter of this type gets the request's.
 *
 * @param name as ledger and audit log name the actor
 * @param user id of the user; null for the administrator of the token file
 * @param roles by id of the tenant, read anew for each request, so that a removed member is out at
 *     once
 * @param scopes what the session or token is good for
 * @param pass the session or token itself
 */
public record Caller(
        String name,
        @Nullable UUID user,
        boolean administrator,
        Map<UUID, Role> roles,
        Set<Scope> scopes,
        Pass pass) {

    public Caller {
        roles = Map.copyOf(roles);
        scopes = Set.copyOf(scopes);
    }

    /** Somebody for whom billing itself acts, which is good for everything. */
    public Caller(String name, @Nullable UUID user, boolean administrator, Map<UUID, Role> roles) {
        this(name, user, administrator, roles, Set.of(Scope.values()), Pass.NONE);
    }

    /** The same, let in by something, which is good for everything. */
    public Caller by(Pass other) {
        return new Caller(name, user, administrator, roles, scopes, other);
    }

    /** The same, but what let them in is over at a time. */
    public Caller until(Instant end) {
        return by(pass.until(end));
    }

    /**
     * An administrator who is no user: whoever can read the token file. Bounded like every token,
     * so that one that leaked makes nothing that outlives it.
     */
    public static Caller administrator(String name) {
        return new Caller(name, null, true, Map.of(), Scope.OF_TOKENS, Pass.NONE);
    }

    /** Who makes the request of this thread, as the filters found out; empty for strangers. */
    public static Optional<Caller> current() {
        return CurrentCaller.find();
    }

    /** The role in a tenant; empty for those who are no members. Administrators are owners. */
    public Optional<Role> roleIn(UUID tenant) {
        return administrator ? Optional.of(Role.OWNER) : Optional.ofNullable(roles.get(tenant));
    }
}
