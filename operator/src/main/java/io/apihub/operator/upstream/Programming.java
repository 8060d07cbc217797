package io.apihub.operator.upstream;

import java.time.Duration;
import java.time.Instant;

/** How far an Upstream has come to the gateways. */
sealed interface Programming {

    /**
     * Every counting gateway has its pools and the rows of its models.
     *
     * @param revision of the newest of these rows
     * @param after since this replica first planned it so
     */
    record Done(long revision, int gateways, Duration after) implements Programming {}

    /** Not everywhere, and what is missing. */
    sealed interface Lacking extends Programming {}

    /** There is no gateway to have it. */
    record NoGateways() implements Lacking {}

    /**
     * It is on its way.
     *
     * @param what who waits for whom
     */
    record Pending(String what) implements Lacking {}

    /**
     * A gateway lacks it and is cut off.
     *
     * @param without what it lacks
     * @param until when it denies everything by itself
     */
    record Unreachable(String gateway, String without, Instant seenAt, Instant until)
            implements Lacking {}

    /**
     * Envoy refuses it.
     *
     * @param words Envoy's own
     */
    record Rejected(String words) implements Lacking {}
}
