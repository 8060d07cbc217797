package io.apihub.billing.insight;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One sum.
 *
 * @param bucket when it begins
 * @param user who made the key, as the audit log names the actor; absent of keys that did not come
 *     through billing
 * @param userName of a user who is there
 */
record Aggregate(
        Instant bucket,
        @Nullable String tenantId,
        @Nullable String tenant,
        @Nullable String keyUid,
        @Nullable String key,
        @Nullable String model,
        @Nullable String user,
        @Nullable String userName,
        long requests,
        long failedRequests,
        long estimatedRequests,
        UsageView.Tokens tokens,
        String cost,
        String costMicros) {}
