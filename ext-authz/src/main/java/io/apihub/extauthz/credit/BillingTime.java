package io.apihub.extauthz.credit;

/**
 * What billing's clock said, between two moments of our own monotonic clock.
 *
 * @param sent nanoseconds, before billing read its clock
 * @param received nanoseconds, after that
 * @param millis billing's clock, milliseconds since 1970; 0 = it did not say
 */
record BillingTime(long sent, long received, long millis) {

    private static final long MILLION = 1_000_000;

    /** A moment of ours by billing's clock; never earlier than it is. */
    long millisAt(long nanos) {
        return millis + Math.ceilDiv(nanos - sent, MILLION);
    }

    /** A moment of billing's by our clock; never earlier than it is. */
    long nanosAt(long atMillis) {
        return received + (atMillis - millis) * MILLION;
    }
}
