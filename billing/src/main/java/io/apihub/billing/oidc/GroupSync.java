package io.apihub.billing.oidc;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Role;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.settings.Oidc;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.User;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes of a user at each log-in what their groups say. What was given here by hand stays as it is;
 * what a group gave ends with it, but no tenant loses its last owner.
 */
@Component
class GroupSync {

    private static final Logger LOG = LoggerFactory.getLogger(GroupSync.class);

    private final Identities identities;
    private final Memberships memberships;
    private final Tenants tenants;
    private final AuditLog audit;

    GroupSync(Identities identities, Memberships memberships, Tenants tenants, AuditLog audit) {
        this.identities = identities;
        this.memberships = memberships;
        this.tenants = tenants;
        this.audit = audit;
    }

    /** Needs a transaction; the caller saves the user. */
    void apply(Oidc settings, Claims claims, User user, boolean administratorByGroup) {
        administrator(settings, claims, user, administratorByGroup);
        members(settings, claims, user);
    }

    private void administrator(Oidc settings, Claims claims, User user, boolean byGroup) {
        boolean wanted = !Collections.disjoint(settings.administratorGroups(), claims.groups());
        if (wanted && !user.administrator()) {
            user.makeAdministrator(true);
            identities.administrator(claims, true);
            record(user, "user.administrator-made", user.actor(), Map.of("by", "group"));
        } else if (!wanted && byGroup) {
            user.makeAdministrator(false);
            identities.administrator(claims, false);
            record(user, "user.administrator-ended", user.actor(), Map.of("by", "group"));
        }
    }

    private void members(Oidc settings, Claims claims, User user) {
        var now = memberships.of(user.id());
        var byGroup = identities.tenants(user.id());
        var wanted = wanted(settings, claims);
        wanted.forEach((tenant, role) -> {
            var before = now.get(tenant.id());
            boolean ours = before == null || byGroup.contains(tenant.id());
            if (ours && before != role && !isLastOwner(tenant.id(), before, user)) {
                memberships.set(tenant.id(), user.id(), role);
                identities.addMember(tenant.id(), user.id());
                record(
                        user,
                        before == null ? "member.joined" : "member.role-changed",
                        "tenant/" + tenant.name(),
                        Map.of("member", user.actor(), "role", role.name(), "by", "group"));
            }
        });
        wanted.keySet().forEach(tenant -> byGroup.remove(tenant.id()));
        byGroup.stream()
                .filter(tenant -> !isLastOwner(tenant, now.get(tenant), user))
                .forEach(tenant -> leave(tenant, user));
    }

    /** They keep what the group gave, until a log-in finds that there is another owner. */
    private boolean isLastOwner(UUID tenant, @Nullable Role before, User user) {
        boolean last = before == Role.OWNER && memberships.isLastOwner(tenant, user.id());
        if (last) {
            LOG.info("{} left the group, and stays as the last owner of {}", user.actor(), tenant);
        }
        return last;
    }

    private void leave(UUID tenant, User user) {
        memberships.remove(tenant, user.id());
        record(
                user,
                "member.removed",
                "tenant/" + tenants.find(tenant).map(Tenant::name).orElse(tenant.toString()),
                Map.of("member", user.actor(), "by", "group"));
    }

    /** The highest role in each tenant that there is. */
    private Map<Tenant, Role> wanted(Oidc settings, Claims claims) {
        var roles = new HashMap<Tenant, Role>();
        for (var mapping : settings.groupRoles()) {
            if (claims.groups().contains(mapping.group())) {
                tenants.find(mapping.tenant())
                        .filter(tenant -> !tenant.deleted())
                        .ifPresent(tenant ->
                                roles.merge(
                                        tenant,
                                        Role.valueOf(mapping.role()),
                                        (one, other) -> one.compareTo(other) > 0 ? one : other));
            }
        }
        return roles;
    }

    private void record(User user, String action, String subject, Map<String, String> detail) {
        audit.record(
                new Caller(user.actor(), user.id(), user.administrator(), Map.of()),
                action,
                subject,
                detail);
    }
}
