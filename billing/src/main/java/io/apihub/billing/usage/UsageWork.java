package io.apihub.billing.usage;

import io.apihub.usage.v1.UsageRecord;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A batch that waits to be taken in.
 *
 * @param done after the commit
 * @param failed nothing of it may be thought stored
 */
record UsageWork(
        String gateway,
        List<UsageRecord> records,
        Consumer<UsageIngest.Outcome> done,
        Consumer<RuntimeException> failed) {

    /** A batch whose records are read. */
    record Read(UsageWork work, List<Arrival> arrivals) {

        /** The leases that their holds were taken from, some of them more than once. */
        Stream<Long> leases() {
            return arrivals.stream().flatMap(Arrival::taken).map(Booking.Take::leaseId);
        }
    }

    /** Takes it in alone. */
    void process(UsageIngest ingest) {
        Read read;
        try {
            read = read(ingest);
        } catch (RuntimeException e) {
            failed.accept(e);
            return;
        }
        process(ingest, List.of(read));
    }

    /**
     * Reads its records.
     *
     * @throws org.springframework.dao.DataAccessException if a price could not be read
     */
    Read read(UsageIngest ingest) {
        return new Read(this, ingest.read(gateway, records));
    }

    /** Takes batches in together, and answers each. */
    static void process(UsageIngest ingest, List<Read> batches) {
        UsageIngest.Outcome outcome;
        try {
            outcome =
                    ingest.take(
                            batches.stream()
                                    .map(Read::arrivals)
                                    .flatMap(Collection::stream)
                                    .toList());
        } catch (RuntimeException e) {
            batches.forEach(batch -> batch.work().failed().accept(e));
            return;
        }
        for (var batch : batches) {
            batch.work().done().accept(batch.work().own(outcome));
        }
    }

    /** What of an outcome is about this batch. */
    private UsageIngest.Outcome own(UsageIngest.Outcome outcome) {
        if (outcome.rejected().isEmpty()) {
            return outcome;
        }
        var own = Collections.newSetFromMap(new IdentityHashMap<UsageRecord, Boolean>());
        own.addAll(records);
        return new UsageIngest.Outcome(
                outcome.timeline(),
                outcome.rejected().stream().filter(bad -> own.contains(bad.record())).toList());
    }
}
