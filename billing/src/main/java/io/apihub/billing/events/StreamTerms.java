package io.apihub.billing.events;

import java.util.function.BooleanSupplier;

/**
 * What a stream is opened with.
 *
 * @param owner whose it is; one owner may have only so many
 * @param queue how many events may wait for a slow reader, 1 or more; one more ends the stream
 * @param stillAllowed asked at each heartbeat, may wait for a database; false ends the stream, a
 *     failure does not
 * @param ended run once when the stream has ended, whoever ended it
 */
public record StreamTerms(String owner, int queue, BooleanSupplier stillAllowed, Runnable ended) {

    public StreamTerms {
        if (queue < 1) {
            throw new IllegalArgumentException("a queue of " + queue);
        }
    }
}
