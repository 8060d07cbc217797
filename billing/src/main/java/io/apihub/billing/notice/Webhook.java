package io.apihub.billing.notice;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a tenant wants to be told by HTTP.
 *
 * @param disabledReason null: it is told
 * @param oldSecretUntil until then the secret before this one holds too; null: there was none
 */
record Webhook(
        UUID id,
        long seq,
        UUID tenant,
        String url,
        String description,
        String createdBy,
        Instant createdAt,
        @Nullable Instant disabledAt,
        @Nullable String disabledReason,
        @Nullable Instant lastSuccessAt,
        @Nullable Instant oldSecretUntil) {}
