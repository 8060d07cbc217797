package io.apihub.billing.member;

import io.apihub.billing.access.Role;
import io.apihub.billing.identity.Secret;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.User;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.jspecify.annotations.Nullable;

/** Lets who holds its token become a member, once and for a while. */
@Entity
@Table(name = "invitation")
@DynamicUpdate
@SuppressWarnings("UnusedVariable") // Queries read the rest.
class Invitation {

    @Id
    @Column(name = "invitation_id")
    private UUID id;

    private UUID tenantId;

    @Enumerated(EnumType.STRING)
    private Role role;

    @Column(name = "token_sha256")
    private byte[] tokenSha256;

    private @Nullable String email;
    private boolean mailed;
    private String createdBy;
    private Instant createdAt;
    private Instant expiresAt;
    private @Nullable Instant acceptedAt;
    private @Nullable UUID acceptedBy;
    private @Nullable Instant revokedAt;

    @Version private @Nullable Long version;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected Invitation() {}

    /**
     * What is offered.
     *
     * @param email only this address may accept; null: whoever has the link
     * @param mailed the token goes to that address and nowhere else
     */
    record Offer(
            UUID tenant,
            Role role,
            @Nullable String email,
            boolean mailed,
            String by,
            Instant expiresAt) {}

    Invitation(Offer offer, Secret token, Instant now) {
        this.id = UUID.randomUUID();
        this.tenantId = offer.tenant();
        this.role = offer.role();
        this.email = offer.email();
        this.mailed = offer.mailed();
        this.tokenSha256 = token.digest();
        this.createdBy = offer.by();
        this.createdAt = now;
        this.expiresAt = offer.expiresAt();
    }

    UUID id() {
        return id;
    }

    UUID tenantId() {
        return tenantId;
    }

    Role role() {
        return role;
    }

    @Nullable String email() {
        return email;
    }

    String createdBy() {
        return createdBy;
    }

    Instant createdAt() {
        return createdAt;
    }

    Instant expiresAt() {
        return expiresAt;
    }

    InvitationState state(Instant now) {
        if (acceptedAt != null) {
            return InvitationState.ACCEPTED;
        }
        if (revokedAt != null) {
            return InvitationState.REVOKED;
        }
        return now.isBefore(expiresAt) ? InvitationState.OPEN : InvitationState.EXPIRED;
    }

    boolean mailed() {
        return mailed;
    }

    /** Whether this user is meant, who shows the token. */
    boolean isFor(User user) {
        return email == null || ((mailed || user.emailVerified()) && isFor(user.address()));
    }

    /** Whether somebody with this address is meant, who shows the token and has proven nothing. */
    boolean isForStranger(EmailAddress address) {
        return email == null || (mailed && isFor(address));
    }

    private boolean isFor(EmailAddress address) {
        return address.key().equals(String.valueOf(email).toLowerCase(Locale.ROOT));
    }

    /** Uses it up. */
    void accept(UUID user, Instant now) {
        if (state(now) != InvitationState.OPEN) {
            throw new IllegalStateException("invitation " + id + " is " + state(now));
        }
        acceptedAt = now;
        acceptedBy = user;
    }

    /** Ends it; says whether that changed anything. */
    boolean revoke(Instant now) {
        if (acceptedAt != null || revokedAt != null) {
            return false;
        }
        revokedAt = now;
        return true;
    }
}
