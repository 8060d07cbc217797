package io.apihub.billing.events;

import io.apihub.billing.access.Seat;
import java.util.function.BooleanSupplier;

/**
 * What a stream is opened with.
 *
 * @param owner whose it is; one owner may have only so many
 * @param queue how many events may wait for a slow reader, 1 or more; one more ends the stream
 * @param seat who reads of which tenant; the stream ends when they may not any more
 * @param stillThere asked at each heartbeat whether there is still what the stream tells of, may
 *     wait for a database; false ends the stream, a failure does not
 * @param ended run once when the stream has ended, whoever ended it
 */
public record StreamTerms(
        String owner, int queue, Seat seat, BooleanSupplier stillThere, Runnable ended) {

    /** Of something that is there as long as its tenant. */
    public StreamTerms(String owner, int queue, Seat seat, Runnable ended) {
        this(owner, queue, seat, () -> true, ended);
    }

    public StreamTerms {
        if (queue < 1) {
            throw new IllegalArgumentException("a queue of " + queue);
        }
    }
}
