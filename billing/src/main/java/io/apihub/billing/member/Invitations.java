package io.apihub.billing.member;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** All invitations; they stay when they are over. */
interface Invitations extends Repository<Invitation, UUID> {

    Invitation save(Invitation invitation);

    Optional<Invitation> findByIdAndTenantId(UUID id, UUID tenant);

    /** Locked until the transaction ends, so that two can't accept it. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    Optional<Invitation> findByTokenSha256(byte[] digest);

    /** The newest, newest first. */
    List<Invitation> findTop200ByTenantIdOrderByCreatedAtDescIdDesc(UUID tenant);

    @Query(
            "SELECT count(i) FROM Invitation i WHERE i.tenantId = :tenant AND i.mailed = true"
                    + " AND i.createdAt > :since")
    long countMailed(UUID tenant, Instant since);

    @Query(
            "SELECT count(i) FROM Invitation i WHERE i.tenantId = :tenant AND i.acceptedAt IS NULL"
                    + " AND i.revokedAt IS NULL AND i.expiresAt > :now")
    long countOpen(UUID tenant, Instant now);
}
