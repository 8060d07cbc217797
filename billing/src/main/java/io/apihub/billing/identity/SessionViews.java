package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Role;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Shows who is logged in. */
@Component
class SessionViews {

    private final Users users;
    private final Tenants tenants;

    SessionViews(Users users, Tenants tenants) {
        this.users = users;
        this.tenants = tenants;
    }

    /** The caller as a person. */
    record UserView(
            UUID id,
            String email,
            boolean emailVerified,
            String displayName,
            boolean passwordMustChange,
            Instant createdAt) {

        static UserView of(User user) {
            return new UserView(
                    user.id(),
                    user.email(),
                    user.emailVerified(),
                    user.displayName(),
                    user.passwordMustChange(),
                    user.createdAt());
        }
    }

    /**
     * A tenant that the caller is a member of.
     *
     * @param deleted only its ledger and usage are left
     */
    record TenantRole(UUID id, String name, Role role, boolean deleted) {}

    /**
     * Who is calling.
     *
     * @param name as ledger and audit log name the caller
     * @param user absent for the administrator of the token file
     * @param csrfToken to be sent as X-CSRF-Token with every change; absent without a cookie
     * @param expiresAt when the session ends whatever happens; absent without a cookie
     */
    record SessionView(
            String name,
            boolean administrator,
            @Nullable UserView user,
            List<TenantRole> tenants,
            @Nullable String csrfToken,
            @Nullable Instant expiresAt) {}

    SessionView of(Caller caller, @Nullable Secret cookie, @Nullable Instant expiresAt) {
        var user =
                caller.user() == null
                        ? null
                        : users.findById(caller.user()).map(UserView::of).orElse(null);
        return new SessionView(
                caller.name(),
                caller.administrator(),
                user,
                roles(caller),
                cookie == null ? null : SessionFilter.csrfToken(cookie).text(),
                expiresAt);
    }

    private List<TenantRole> roles(Caller caller) {
        if (caller.roles().isEmpty()) {
            return List.of();
        }
        return tenants.findAll(caller.roles().keySet()).values().stream()
                .map(tenant ->
                        new TenantRole(
                                tenant.id(),
                                tenant.name(),
                                caller.roleIn(tenant.id()).orElse(Role.VIEWER),
                                tenant.deleted()))
                .sorted(Comparator.comparing(TenantRole::name))
                .toList();
    }
}
