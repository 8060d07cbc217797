package io.apihub.billing.redemption;

import io.apihub.model.money.Credits;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Codes that were made together, and what became of them.
 *
 * @param used how often its codes were redeemed
 */
record CodeBatch(
        UUID id,
        Terms terms,
        String createdBy,
        Instant createdAt,
        @Nullable Instant revokedAt,
        @Nullable String revokedBy,
        long used) {

    /**
     * What is the same for all codes of a batch.
     *
     * @param note what it is for; also in the ledger
     * @param value of one use
     * @param codes 1 to 5000
     * @param usesPerCode by whomever
     * @param usesPerUser of all codes of the batch together
     * @param expiresAt from when on nothing can be redeemed; null: never
     */
    record Terms(
            String note,
            Credits value,
            int codes,
            int usesPerCode,
            int usesPerUser,
            @Nullable Instant expiresAt) {}
}
