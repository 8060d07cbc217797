package io.apihub.billing.insight;

import io.apihub.billing.usage.UsageEntry;
import io.apihub.model.key.KeyId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One request as REST shows it.
 *
 * @param id the hold's id: the word to look for in every log
 * @param tenant its name, while the registry knows it
 * @param upstream which Upstream served it; only administrators are told
 * @param cost what the request cost, rounded up once; of it {@code overage} is beyond the hold
 * @param unmetered true: recorded with its cost, which nobody pays
 */
record UsageView(
        String id,
        Instant at,
        String tenantId,
        @Nullable String tenant,
        String keyUid,
        String keyId,
        @Nullable String key,
        String dialect,
        String model,
        String modelServed,
        @Nullable String upstream,
        boolean stream,
        String outcome,
        boolean estimated,
        int status,
        Tokens tokens,
        String cost,
        String costMicros,
        String overage,
        String overageMicros,
        CostParts costParts,
        boolean unmetered,
        String priceVersion,
        @Nullable Instant startedAt,
        @Nullable Instant firstByteAt,
        @Nullable Instant finishedAt,
        long requestBytes,
        long responseBytes,
        String clientAddress,
        String requestId,
        String upstreamRequestId,
        String note) {

    /** Tokens in parts that do not overlap; reasoning is a part of output, for information. */
    record Tokens(
            long input,
            long cachedInput,
            long cacheWrite,
            long cacheWrite1h,
            long output,
            long reasoning) {}

    /** Exact decimals; their sum and the rounding make the cost. */
    record CostParts(
            String input,
            String cachedInput,
            String cacheWrite,
            String cacheWrite1h,
            String output,
            String perRequest,
            String rounding) {}

    /** What a record is shown with. */
    record Context(Map<UUID, String> tenants, Map<UUID, String> keys, boolean upstream) {}

    static UsageView of(UsageEntry entry, Context context) {
        var subject = entry.subject();
        var call = entry.call();
        var cost = entry.cost();
        var timing = entry.timing();
        return new UsageView(
                entry.holdId().toString(),
                entry.at(),
                subject.tenantId().toString(),
                context.tenants().get(subject.tenantId()),
                subject.keyUid().toString(),
                new KeyId(subject.keyId()).toString(),
                context.keys().get(subject.keyUid()),
                call.dialect(),
                call.model(),
                call.modelServed(),
                context.upstream() ? call.upstream() : null,
                call.stream(),
                call.outcome(),
                call.estimated(),
                call.status(),
                tokens(entry),
                cost.total().toDecimal(),
                String.valueOf(cost.total().micros()),
                cost.overage().toDecimal(),
                String.valueOf(cost.overage().micros()),
                parts(cost),
                cost.unmetered(),
                String.valueOf(cost.priceVersion()),
                timing.startedAt(),
                timing.firstByteAt(),
                timing.finishedAt(),
                timing.requestBytes(),
                timing.responseBytes(),
                call.clientAddress(),
                call.requestId(),
                call.upstreamRequestId(),
                call.note());
    }

    private static Tokens tokens(UsageEntry entry) {
        var tokens = entry.tokens();
        return new Tokens(
                tokens.input(),
                tokens.cachedInput(),
                tokens.cacheWrite(),
                tokens.cacheWrite1h(),
                tokens.output(),
                tokens.reasoning());
    }

    private static CostParts parts(UsageEntry.Cost cost) {
        return new CostParts(
                decimal(cost.input()),
                decimal(cost.cachedInput()),
                decimal(cost.cacheWrite()),
                decimal(cost.cacheWrite1h()),
                decimal(cost.output()),
                decimal(cost.perRequest()),
                decimal(cost.rounding()));
    }

    private static String decimal(BigDecimal exact) {
        var stripped = exact.stripTrailingZeros();
        return (stripped.scale() < 0 ? stripped.setScale(0) : stripped).toPlainString();
    }
}
