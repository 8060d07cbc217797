package io.apihub.extauthz.credit;

/** What billing says to a request for a slice of an account. */
sealed interface GrantAnswer {

    /**
     * A new lease.
     *
     * @param sentNanos when the request was first sent, monotonic
     * @param ttlMillis how long after that it may be spent from
     */
    record Granted(long leaseId, long amount, long sentNanos, long ttlMillis)
            implements GrantAnswer {}

    /**
     * The account has less than was needed.
     *
     * @param available what it has, micro-units, 0 or more
     * @param elsewhere it would have enough, but other gateways hold that; it is being recalled
     */
    record Refused(long available, boolean elsewhere) implements GrantAnswer {}

    /** Billing can't say. */
    record Unanswered(String why) implements GrantAnswer {}
}
