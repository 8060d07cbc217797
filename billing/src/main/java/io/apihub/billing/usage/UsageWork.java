package io.apihub.billing.usage;

import io.apihub.usage.v1.UsageRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;

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

    /** Takes it in alone. */
    void process(UsageIngest ingest) {
        process(ingest, List.of(this));
    }

    /** Takes batches of one gateway in together, and answers each. */
    static void process(UsageIngest ingest, List<UsageWork> batches) {
        var records = new ArrayList<UsageRecord>();
        batches.forEach(batch -> records.addAll(batch.records()));
        UsageIngest.Outcome outcome;
        try {
            outcome = ingest.ingest(batches.getFirst().gateway(), records);
        } catch (RuntimeException e) {
            batches.forEach(batch -> batch.failed().accept(e));
            return;
        }
        for (var batch : batches) {
            var own = Collections.newSetFromMap(new IdentityHashMap<UsageRecord, Boolean>());
            own.addAll(batch.records());
            batch.done()
                    .accept(
                            new UsageIngest.Outcome(
                                    outcome.timeline(),
                                    outcome.rejected().stream()
                                            .filter(bad -> own.contains(bad.record()))
                                            .toList()));
        }
    }
}
