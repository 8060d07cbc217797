package io.apihub.billing.insight;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One sum.
 *
 * @param bucket when it begins
 */
record Aggregate(
        Instant bucket,
        @Nullable String tenantId,
        @Nullable String tenant,
        @Nullable String keyUid,
        @Nullable String key,
        @Nullable String model,
        long requests,
        long failedRequests,
        long estimatedRequests,
        UsageView.Tokens tokens,
        String cost,
        String costMicros) {}
