package io.apihub.extauthz.credit;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A slice of an account or a budget, or slots. Granted = remaining or returned + held by requests
 * in flight + spent.
 */
final class AmountLease extends Lease {

    private static final AtomicLongFieldUpdater<AmountLease> SPENT =
            AtomicLongFieldUpdater.newUpdater(AmountLease.class, "spent");

    private final long granted;
    private final Slice slice;
    private volatile long spent;

    AmountLease(long id, Allowance owner, LeaseTerm term, long granted) {
        super(id, owner, term);
        this.granted = granted;
        this.slice = new Slice(granted);
    }

    @Override
    long take(long amount, long now) {
        return term().isOpen(now) ? slice.take(amount) : Slice.REFUSED;
    }

    @Override
    boolean giveBack(long taken, long used, long mark, long now) {
        if (used > 0) {
            SPENT.addAndGet(this, used);
        }
        return slice.put(taken - used);
    }

    @Override
    void close() {
        slice.close();
    }

    @Override
    boolean isReturnable() {
        return slice.isClosing();
    }

    @Override
    boolean isOver() {
        return slice.isClosing() && open() == 0;
    }

    @Override
    long returnedTotal() {
        return slice.returned();
    }

    @Override
    long fullAt(long now) {
        return 0;
    }

    @Override
    long size() {
        return granted;
    }

    @Override
    long remaining(long now) {
        return slice.remaining();
    }

    /** Never less than it is: what was spent is read first. */
    @Override
    long open() {
        long gone = spent;
        return granted - gone - slice.unused();
    }

    @Override
    long trace() {
        return slice.unused();
    }
}
