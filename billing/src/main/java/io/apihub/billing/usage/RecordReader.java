package io.apihub.billing.usage;

import io.apihub.billing.grpc.WireIds;
import io.apihub.model.money.Credits;
import io.apihub.model.price.PriceSheet;
import io.apihub.model.usage.HoldId;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.UsageRecord;
import java.util.Optional;
import java.util.function.LongFunction;

/** Reads and rates the gateways' records. What it refuses would be refused for ever. */
final class RecordReader {

    private final LongFunction<Optional<PriceSheet>> books;

    RecordReader(LongFunction<Optional<PriceSheet>> books) {
        this.books = books;
    }

    /**
     * Reads one record.
     *
     * @throws BadRecord if it can't be booked
     */
    Booking read(UsageRecord record, String gateway) {
        try {
            return booking(record, gateway);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new BadRecord(String.valueOf(e.getMessage()), e);
        }
    }

    private Booking booking(UsageRecord record, String gateway) {
        var hold = record.getHold();
        var tenant = WireIds.uuid("tenant_id", hold.getTenantId());
        var tokens = tokens(record);
        var rated = Rated.rate(record, tokens, books);
        var taken = hold.getTakenList().stream().map(RecordReader::take).toList();
        var overage = hold.getUnmetered() ? Credits.ZERO : overage(rated.total(), hold);
        var id = HoldId.ofBytes(hold.getHoldId().toByteArray());
        return new Booking(
                id,
                tenant,
                taken,
                Measures.of(hold, record.getOutcome(), tokens, rated.total()),
                Measures.worst(hold),
                overage,
                !hold.getUnmetered(),
                record.getCorrection(),
                new UsageRow(new UsageColumns.Source(record, id, tokens, rated, overage, gateway)));
    }

    /** What the upstream counted; nothing where its figures are absurd and the hold is charged. */
    private static TokenUsage tokens(UsageRecord record) {
        return switch (record.getOutcome()) {
            case OUTCOME_MEASURED, OUTCOME_ESTIMATED -> {
                var tokens = record.getTokens();
                yield new TokenUsage(
                        tokens.getInput(),
                        tokens.getCachedInput(),
                        tokens.getCacheWrite(),
                        tokens.getCacheWrite1H(),
                        tokens.getOutput(),
                        tokens.getReasoning());
            }
            default -> TokenUsage.NONE;
        };
    }

    private static Booking.Take take(Taken taken) {
        if (taken.getAmount() < 0) {
            throw new BadRecord("a negative amount taken: " + taken.getAmount());
        }
        return new Booking.Take(taken.getLeaseId(), taken.getAmount());
    }

    /** What the hold had not set aside. */
    private static Credits overage(Credits cost, Hold hold) {
        return Credits.max(cost.minus(new Credits(hold.getCostMicros())), Credits.ZERO);
    }
}
