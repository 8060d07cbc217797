package io.apihub.extauthz.credit;

/**
 * When a lease may be used, by this process's monotonic clock. Renewals and billing's clock come in
 * from one thread at a time; readers need no lock.
 */
final class LeaseTerm {

    /** Far enough in the future never to come. */
    private static final long FAR = Long.MAX_VALUE / 4;

    private static final long MILLION = 1_000_000;

    private final long received;
    private final long validFromMillis;
    private final long endsAtMillis;
    private long expires;
    private volatile long from;
    private volatile long until;
    private volatile long ends;

    /**
     * A term as billing granted it.
     *
     * @param ttlMillis counted from when the request was sent
     * @param validFromMillis by billing's clock; 0 = at once
     * @param endsAtMillis by billing's clock; 0 = the window has no end
     */
    LeaseTerm(BillingTime at, long ttlMillis, long validFromMillis, long endsAtMillis) {
        this.received = at.received();
        this.validFromMillis = validFromMillis;
        this.endsAtMillis = endsAtMillis;
        this.expires = at.sent() + life(ttlMillis);
        this.from = received;
        place(at);
    }

    /** One in fifty off, for clocks that run at different speeds. */
    private static long life(long ttlMillis) {
        return ttlMillis * MILLION / 50 * 49;
    }

    /**
     * The end is counted from before billing read its clock and the beginning from after it, so
     * that neither is wrong in the bad direction.
     */
    private void place(BillingTime at) {
        ends =
                endsAtMillis == 0
                        ? at.sent() + FAR
                        : at.sent() + (endsAtMillis - at.millis()) * MILLION;
        long start = at.received() + (validFromMillis - at.millis()) * MILLION;
        from = validFromMillis == 0 || start - received < 0 ? received : start;
        until = expires - ends < 0 ? expires : ends;
    }

    /**
     * Billing knows that this process lives.
     *
     * @param at when that was asked and answered
     */
    void renew(BillingTime at, long ttlMillis) {
        if (ttlMillis <= 0 || received - at.sent() > 0) {
            return;
        }
        long later = at.sent() + life(ttlMillis);
        expires = later - expires > 0 ? later : expires;
        place(at);
    }

    boolean isOpen(long now) {
        return now - from >= 0 && now - until < 0;
    }

    /** Whether it will never be open again, unless a renewal comes. */
    boolean isOver(long now) {
        return now - until >= 0;
    }

    /** Whether the window's end comes within so many nanoseconds. */
    boolean endsWithin(long nanos, long now) {
        return ends - now <= nanos;
    }

    /** By billing's clock; 0 = never. */
    long endsAtMillis() {
        return endsAtMillis;
    }

    /** Whether its window has not begun. */
    boolean isEarly(long now) {
        return now - from < 0;
    }
}
