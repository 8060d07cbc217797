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
        @Nullable Instant to,
        Traits traits) {

    /** Records, whatever they are like. */
    public UsageFilter(
            @Nullable UUID tenantId,
            @Nullable UUID keyUid,
            @Nullable String model,
            @Nullable Instant from,
            @Nullable Instant to) {
        this(tenantId, keyUid, model, from, to, Traits.ANY);
    }

    /**
     * What only records tell, and no sum.
     *
     * @param leastStatus and {@code mostStatus}: HTTP status, both included
     */
    public record Traits(
            @Nullable String outcome,
            @Nullable Integer leastStatus,
            @Nullable Integer mostStatus,
            @Nullable String dialect,
            @Nullable Boolean stream,
            @Nullable Boolean estimated) {

        public static final Traits ANY = new Traits(null, null, null, null, null, null);
    }

    /** The same, in another span. */
    public UsageFilter within(Instant first, Instant end) {
        return new UsageFilter(tenantId, keyUid, model, first, end, traits);
    }

    /** The same, of all times. */
    UsageFilter withoutSpan() {
        return new UsageFilter(tenantId, keyUid, model, null, null, traits);
    }
}
