package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request as it was recorded; see the table billing.usage. */
public record UsageEntry(
        UUID holdId,
        Instant at,
        Subject subject,
        Call call,
        TokenUsage tokens,
        Cost cost,
        Timing timing) {

    /** Whose request it was. */
    public record Subject(UUID tenantId, UUID keyUid, long keyId) {}

    /** What was asked and what came of it. */
    public record Call(
            String dialect,
            String model,
            String modelServed,
            String upstream,
            boolean stream,
            String outcome,
            boolean estimated,
            int status,
            String clientAddress,
            String requestId,
            String upstreamRequestId,
            String note) {}

    /** What it cost; the parts are exact, in currency units. */
    public record Cost(
            BigDecimal input,
            BigDecimal cachedInput,
            BigDecimal cacheWrite,
            BigDecimal cacheWrite1h,
            BigDecimal output,
            BigDecimal perRequest,
            BigDecimal rounding,
            Credits total,
            Credits overage,
            boolean unmetered,
            long priceVersion) {}

    /** When it happened, and how many bytes it was. */
    public record Timing(
            @Nullable Instant startedAt,
            @Nullable Instant firstByteAt,
            @Nullable Instant finishedAt,
            long requestBytes,
            long responseBytes) {}
}
