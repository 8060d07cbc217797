package io.apihub.billing.usage;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which usage; what is null does not narrow.
 *
 * @param from first instant, by the instant of the request's check
 * @param to first instant that is too late
 */
public record UsageFilter(
        @Nullable UUID tenantId,
        @Nullable UUID keyUid,
        @Nullable String model,
        @Nullable Instant from,
        @Nullable Instant to) {}
