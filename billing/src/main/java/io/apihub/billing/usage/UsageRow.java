package io.apihub.billing.usage;

import io.apihub.billing.grpc.WireIds;
import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A row of billing.usage, ready to be written. Equal if it says the same. */
final class UsageRow {

    private final UsageColumns.Source source;
    private final byte[] copy;
    private final UUID keyUid;

    /**
     * Makes the values of all columns.
     *
     * @throws IllegalArgumentException if an id is none
     */
    UsageRow(UsageColumns.Source source) {
        this.source = source;
        this.copy = UsageColumns.copy(source);
        this.keyUid = WireIds.uuid("key_uid", source.record().getHold().getKeyUid());
    }

    /** Writes the row, in the order of {@link UsageColumns#NAMES}. */
    void copyTo(CopyBytes bytes, @Nullable UUID posting) {
        bytes.row(UsageColumns.NAMES.size()).raw(copy).value(posting);
    }

    /** The values of {@link UsageColumns#MEASURED_NAMES}. */
    Stream<@Nullable Object> measured() {
        return UsageColumns.measured(source);
    }

    /** The hold's instant, milliseconds since 1970. */
    long atMillis() {
        return source.id().millis();
    }

    UUID keyUid() {
        return keyUid;
    }

    Hold hold() {
        return source.record().getHold();
    }

    String model() {
        return hold().getModel();
    }

    String outcome() {
        return source.outcome();
    }

    boolean isEstimated() {
        return source.estimated();
    }

    boolean isMeasured() {
        return source.record().getOutcome() == UsageRecord.Outcome.OUTCOME_MEASURED;
    }

    /** Without an answer, or with one that tells of a failure. */
    boolean isFailed() {
        int status = source.record().getStatus();
        return status >= 400 || status == 0;
    }

    TokenUsage tokens() {
        return source.tokens();
    }

    Credits cost() {
        return source.rated().total();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UsageRow row && source.equals(row.source);
    }

    @Override
    public int hashCode() {
        return source.id().hashCode();
    }
}
