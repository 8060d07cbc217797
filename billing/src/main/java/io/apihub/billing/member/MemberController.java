package io.apihub.billing.member;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Role;
import io.apihub.billing.access.Scope;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.Pages;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A tenant's members. */
@RestController
@Tag(name = "Members")
class MemberController {

    private static final UUID FIRST = new UUID(0, 0);

    private final TenantLookup tenants;
    private final MemberTable members;
    private final Memberships memberships;
    private final Inviters inviters;
    private final Users users;
    private final AuditLog audit;
    private final EntityTags tags;

    MemberController(
            TenantLookup tenants, Coming coming, Users users, AuditLog audit, EntityTags tags) {
        this.tenants = tenants;
        this.members = coming.members();
        this.memberships = coming.memberships();
        this.inviters = coming.inviters();
        this.users = users;
        this.audit = audit;
        this.tags = tags;
    }

    /** How members come and go. */
    @Component
    record Coming(MemberTable members, Memberships memberships, Inviters inviters) {}

    /** A member of a tenant. */
    record Member(UUID userId, String email, String displayName, Role role, Instant since) {}

    /**
     * A page.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record MemberPage(List<Member> items, @Nullable String nextCursor) {}

    /** What a member's role shall be. */
    record RoleChange(@Nullable Role role) {}

    /** A user who becomes a member without being asked. */
    record NewMember(@Nullable String email, @Nullable Role role) {}

    @Operation(summary = "A tenant's members")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/members")
    MemberPage list(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var after = cursor == null ? FIRST : Pages.id(cursor);
        var rows = members.after(tenants.find(tenant).id(), after, size + 1);
        var page = Pages.page(rows, size);
        return new MemberPage(page.items(MemberController::view), page.next(row -> row.user()));
    }

    private static Member view(MemberTable.Row row) {
        return new Member(row.user(), row.email(), row.displayName(), row.role(), row.since());
    }

    @Operation(summary = "One member")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/members/{user}")
    ResponseEntity<Member> get(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID user) {
        return tags.answer(find(tenants.find(tenant), user));
    }

    private Member find(Tenant tenant, UUID user) {
        return members.find(tenant.id(), user)
                .map(MemberController::view)
                .orElseThrow(MemberController::unknown);
    }

    @Operation(
            summary = "Make a user a member",
            description =
                    "For administrators, so that somebody owns a tenant that was made with"
                            + " kubectl; owners send invitations. Safe to repeat.")
    @Permit(value = Level.ADMINISTRATOR, scope = Scope.ACCOUNT)
    @PostMapping("/api/v1/tenants/{tenant}/members")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    void add(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestBody NewMember wanted,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        var role = role(wanted.role());
        var user =
                users.findByEmailKey(EmailAddress.of("email", wanted.email()).key())
                        .orElseThrow(
                                () -> new Refused(Problem.notFound("No user has this address.")));
        var before = members.lock(found.id()).get(user.id());
        if (before == null) {
            memberships.add(found.id(), user.id(), role);
            record(caller, "member.added", found, user.id(), role);
        } else if (before != role) {
            change(found, user.id(), role, caller);
        }
    }

    @Operation(summary = "Change a member's role", description = "The last owner stays one.")
    @Permit(value = Level.OWNER, scope = Scope.ACCOUNT)
    @PatchMapping("/api/v1/tenants/{tenant}/members/{user}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    void change(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID user,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @RequestBody RoleChange wanted,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        var role = role(wanted.role());
        checkUnchanged(found, user, ifMatch);
        change(found, user, role, caller);
    }

    private void checkUnchanged(Tenant tenant, UUID user, @Nullable String ifMatch) {
        if (ifMatch != null) {
            members.lock(tenant.id());
            tags.check(ifMatch, find(tenant, user));
        }
    }

    private void change(Tenant tenant, UUID user, Role role, Caller caller) {
        var roles = members.lock(tenant.id());
        var before = known(roles, user);
        if (before == role) {
            return;
        }
        keepAnOwner(roles, user, role == Role.OWNER);
        members.change(tenant.id(), user, role);
        if (role != Role.OWNER) {
            inviters.left(caller, tenant, user);
        }
        record(caller, "member.role-changed", tenant, user, role);
    }

    @Operation(
            summary = "Remove a member, or leave",
            description = "Owners remove others; everybody may leave but the last owner.")
    @Permit(value = Level.VIEWER, scope = Scope.ACCOUNT)
    @DeleteMapping("/api/v1/tenants/{tenant}/members/{user}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    void remove(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID user,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        boolean owner = caller.roleIn(found.id()).filter(Role.OWNER::equals).isPresent();
        if (!owner && !user.equals(caller.user())) {
            throw new Refused(Problem.forbidden());
        }
        checkUnchanged(found, user, ifMatch);
        var roles = members.lock(found.id());
        var role = known(roles, user);
        keepAnOwner(roles, user, false);
        members.remove(found.id(), user);
        inviters.left(caller, found, user);
        record(caller, "member.removed", found, user, role);
    }

    private static Role known(Map<UUID, Role> roles, UUID user) {
        var role = roles.get(user);
        if (role == null) {
            throw unknown();
        }
        return role;
    }

    private static Refused unknown() {
        return new Refused(Problem.notFound("The tenant has no such member."));
    }

    private static void keepAnOwner(Map<UUID, Role> roles, UUID user, boolean stays) {
        long others =
                roles.entrySet().stream()
                        .filter(other ->
                                other.getValue() == Role.OWNER && !other.getKey().equals(user))
                        .count();
        if (!stays && roles.get(user) == Role.OWNER && others == 0) {
            throw new Refused(
                    Problem.conflict(
                            "last-owner",
                            "This is the tenant's last owner; make another member one first."));
        }
    }

    static Role role(@Nullable Role role) {
        if (role == null) {
            throw new Refused(Problem.invalid("role", "Must be one of VIEWER, DEVELOPER, OWNER."));
        }
        return role;
    }

    private void record(Caller caller, String action, Tenant tenant, UUID user, Role role) {
        audit.record(
                caller,
                action,
                "tenant/" + tenant.name(),
                Map.of("member", User.actor(user), "role", role.name()));
    }
}
