package io.apihub.billing.member;

import io.apihub.billing.access.Caller;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.identity.Secret;
import io.apihub.billing.registration.InvitationBook;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.User;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Invitations of those who are no users yet. */
@Component
class RegistrationInvitations implements InvitationBook {

    private final Invitations invitations;
    private final Memberships memberships;
    private final Inviters inviters;
    private final Tenants tenants;
    private final AuditLog audit;
    private final InstantSource clock;

    RegistrationInvitations(
            Invitations invitations,
            Memberships memberships,
            Inviters inviters,
            Tenants tenants,
            AuditLog audit,
            InstantSource clock) {
        this.invitations = invitations;
        this.memberships = memberships;
        this.inviters = inviters;
        this.tenants = tenants;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    @Transactional
    public boolean isOpen(String token, EmailAddress email) {
        return find(token, email).flatMap(this::tenant).isPresent();
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public Optional<Joined> accept(String token, User user) {
        var invitation = find(token, user.address()).orElse(null);
        var tenant = invitation == null ? null : tenant(invitation).orElse(null);
        if (invitation == null || tenant == null) {
            return Optional.empty();
        }
        invitation.accept(user.id(), clock.instant());
        invitations.save(invitation);
        memberships.add(tenant.id(), user.id(), invitation.role());
        audit.record(
                new Caller(user.actor(), user.id(), false, Map.of()),
                "member.joined",
                "tenant/" + tenant.name(),
                Map.of(
                        "member", user.actor(),
                        "role", invitation.role().name(),
                        "invitation", invitation.id().toString()));
        return Optional.of(new Joined(tenant.id(), tenant.name(), invitation.mailed()));
    }

    private Optional<Tenant> tenant(Invitation invitation) {
        return tenants.find(invitation.tenantId()).filter(tenant -> !tenant.deleted());
    }

    /** Those for one address are left out, unless the token was sent there and nowhere else. */
    private Optional<Invitation> find(String token, EmailAddress email) {
        if (token.length() != Secret.LENGTH) {
            return Optional.empty();
        }
        return invitations
                .findByTokenSha256(new Secret(token).digest())
                .filter(found -> found.state(clock.instant()) == InvitationState.OPEN)
                .filter(found -> found.isForStranger(email))
                .filter(inviters::stillMay);
    }
}
