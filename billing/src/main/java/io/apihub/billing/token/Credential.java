package io.apihub.billing.token;

import io.apihub.billing.access.Role;
import io.apihub.billing.access.Scope;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.jspecify.annotations.Nullable;

/** A personal access token or a client of a tenant. Its secret is not here, only a digest. */
@Entity
@Table(name = "credential")
@DynamicUpdate
@SuppressWarnings("UnusedVariable") // Queries read the rest.
class Credential {

    @Id
    @Column(name = "credential_id")
    private UUID id;

    @Enumerated(EnumType.STRING)
    private CredentialKind kind;

    private String publicId;

    @Column(name = "secret_sha256")
    private byte[] secretSha256;

    private String name;
    private @Nullable UUID userId;
    private @Nullable UUID tenantId;

    @Enumerated(EnumType.STRING)
    private @Nullable Role role;

    private String scope;
    private String createdBy;
    private Instant createdAt;
    private @Nullable Instant expiresAt;

    /** Written beside Hibernate, at most once a minute. */
    @Column(insertable = false, updatable = false)
    private @Nullable Instant lastUsedAt;

    private @Nullable Instant revokedAt;
    private @Nullable String revokedBy;

    @Version private @Nullable Long version;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected Credential() {}

    private Credential(CredentialKind kind, Secret secret, Terms terms, Instant now) {
        this.id = UUID.randomUUID();
        this.kind = kind;
        this.publicId = secret.publicId();
        this.secretSha256 = secret.sha256();
        this.name = terms.name();
        this.scope = Scope.text(terms.scopes());
        this.expiresAt = terms.expiresAt();
        this.createdBy = terms.createdBy();
        this.createdAt = now;
    }

    /**
     * What both kinds have.
     *
     * @param expiresAt null: never, which only clients may
     */
    record Terms(String name, Set<Scope> scopes, @Nullable Instant expiresAt, String createdBy) {}

    static Credential personal(Secret secret, UUID user, Terms terms, Instant now) {
        Objects.requireNonNull(terms.expiresAt(), "a personal token expires");
        var credential = new Credential(CredentialKind.PERSONAL, secret, terms, now);
        credential.userId = user;
        return credential;
    }

    static Credential client(Secret secret, UUID tenant, Role role, Terms terms, Instant now) {
        var credential = new Credential(CredentialKind.CLIENT, secret, terms, now);
        credential.tenantId = tenant;
        credential.role = role;
        return credential;
    }

    UUID id() {
        return id;
    }

    String publicId() {
        return publicId;
    }

    String name() {
        return name;
    }

    Optional<Role> role() {
        return Optional.ofNullable(role);
    }

    Set<Scope> scopes() {
        return Scope.parse(scope);
    }

    String createdBy() {
        return createdBy;
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable Instant expiresAt() {
        return expiresAt;
    }

    @Nullable Instant lastUsedAt() {
        return lastUsedAt;
    }

    @Nullable Instant revokedAt() {
        return revokedAt;
    }

    /** Ends it at once and for good. Safe to repeat: the first time counts. */
    boolean revoke(String by, Instant now) {
        if (revokedAt != null) {
            return false;
        }
        revokedAt = now;
        revokedBy = by;
        return true;
    }

    @Override
    public String toString() {
        return kind + " " + publicId;
    }
}
