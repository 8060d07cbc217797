package io.apihub.billing.token;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** All credentials; they stay after they are revoked. */
interface Credentials extends Repository<Credential, UUID> {

    Credential save(Credential credential);

    Optional<Credential> findByIdAndUserId(UUID id, UUID user);

    Optional<Credential> findByIdAndTenantId(UUID id, UUID tenant);

    /** The newest, newest first. */
    List<Credential> findTop200ByUserIdOrderByCreatedAtDescIdDesc(UUID user);

    List<Credential> findTop200ByTenantIdOrderByCreatedAtDescIdDesc(UUID tenant);

    @Query(
            "SELECT count(c) FROM Credential c WHERE c.userId = :user AND c.revokedAt IS NULL"
                    + " AND (c.expiresAt IS NULL OR c.expiresAt > :now)")
    long countLiveOfUser(UUID user, Instant now);

    @Query(
            "SELECT count(c) FROM Credential c WHERE c.tenantId = :tenant AND c.revokedAt IS NULL"
                    + " AND (c.expiresAt IS NULL OR c.expiresAt > :now)")
    long countLiveOfTenant(UUID tenant, Instant now);
}
