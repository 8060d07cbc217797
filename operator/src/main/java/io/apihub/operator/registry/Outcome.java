package io.apihub.operator.registry;

import java.time.Instant;

/** What the registry made of a write; the transaction is committed when the caller sees it. */
public sealed interface Outcome {

    /**
     * The row is in force as asked.
     *
     * @param revision the revision that every gateway must have acked
     * @param changedAt when that revision was committed, by the database's clock
     * @param written false if nothing had to be written
     */
    record InForce(long revision, Instant changedAt, boolean written) implements Outcome {}

    /**
     * A book was accepted, now or before.
     *
     * @param version its identity
     */
    record Accepted(long revision, Instant changedAt, long version, Instant inForceFrom)
            implements Outcome {}

    /**
     * The row is gone, or never was.
     *
     * @param revision the revision that every gateway must have acked; 0 if this call took nothing
     *     away
     */
    record Absent(long revision) implements Outcome {

        /** Nothing was there. */
        public Absent() {
            this(0);
        }
    }

    /** A newer generation is recorded: whoever asked has seen an old state. */
    record Outdated() implements Outcome {}

    /** The registry says no; nothing was written. A retry helps only when the cause is gone. */
    record Refused(Refusal refusal, String by) implements Outcome {}

    /** Why a row is refused. */
    enum Refusal {
        /** The uid was deleted before; a deleted object never comes back. */
        DELETED,
        /** Another tenant has the namespace; {@code by} names it. */
        NAMESPACE_TAKEN,
        /** Another key has the id; {@code by} names it. */
        KEY_ID_CONFLICT,
        /** Four keys over all tenants have the id already. */
        KEY_ID_EXHAUSTED,
        /** The key's digest was retired after the resource was made, or by itself. */
        DIGEST_RETIRED,
        /** The tenant has as many keys as it may; {@code by} says how many. */
        TOO_MANY_KEYS,
        /** Another book has the same {@code effectiveFrom}; {@code by} names it. */
        SAME_INSTANT
    }
}
