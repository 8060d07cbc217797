package io.apihub.extauthz.credit;

/** A share of a rate a minute. */
final class RateLease extends Lease {

    private final RateBucket bucket;

    /** Requests count when they come; of tokens and money only the end tells. */
    private final boolean atOnce;

    RateLease(long id, Allowance owner, LeaseTerm term, RateBucket bucket) {
        super(id, owner, term);
        this.bucket = bucket;
        this.atOnce = owner.subject().metric() == Metric.REQUESTS;
    }

    @Override
    long take(long amount, long now) {
        if (!term().isOpen(now)) {
            return RateBucket.NEVER;
        }
        return atOnce ? bucket.take(amount, now) : bucket.reserve(amount, now);
    }

    @Override
    boolean giveBack(long taken, long used, long mark, long now) {
        if (!atOnce) {
            bucket.settle(taken, used, now);
        } else if (used < taken) {
            bucket.giveBack(taken - used, mark, now);
        }
        return false;
    }

    @Override
    void close() {
        bucket.close();
    }

    @Override
    boolean isReturnable() {
        return bucket.isClosed();
    }

    @Override
    boolean isOver() {
        return bucket.isClosed();
    }

    @Override
    long returnedTotal() {
        return 0;
    }

    @Override
    long fullAt(long now) {
        return bucket.fullAt(now);
    }

    @Override
    long size() {
        return bucket.burst();
    }

    @Override
    long remaining(long now) {
        return bucket.remaining(now);
    }

    long waitNanos(long amount, long now) {
        return term().isOpen(now) ? bucket.waitNanos(amount, now) : Refusal.NEVER;
    }

    @Override
    long open() {
        return 0;
    }

    @Override
    long trace() {
        return bucket.trace();
    }
}
