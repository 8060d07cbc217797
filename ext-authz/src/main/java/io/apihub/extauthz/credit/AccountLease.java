package io.apihub.extauthz.credit;

import java.util.concurrent.atomic.AtomicReference;

/** A slice of one tenant's account that this process may spend. Thread safe, without locks. */
final class AccountLease {

    private final long id;
    private final long granted;
    private final long sentNanos;
    private final long ttlNanos;
    private final AtomicReference<LeaseBalance> balance;

    /**
     * @param sentNanos when the request for it was sent, monotonic
     * @param ttlNanos it may be spent from for that long after, drift of clocks taken off
     */
    AccountLease(long id, long granted, long sentNanos, long ttlNanos) {
        this.id = id;
        this.granted = granted;
        this.sentNanos = sentNanos;
        this.ttlNanos = ttlNanos;
        this.balance = new AtomicReference<>(LeaseBalance.of(granted));
    }

    long id() {
        return id;
    }

    long granted() {
        return granted;
    }

    boolean isExpired(long now) {
        return now - sentNanos >= ttlNanos;
    }

    /** Whether it is time to have another one ready. */
    boolean isOld(long now) {
        return now - sentNanos >= ttlNanos / 2;
    }

    LeaseBalance balance() {
        return balance.get();
    }

    boolean take(long amount, long now) {
        if (isExpired(now)) {
            return false;
        }
        while (true) {
            var before = balance.get();
            if (!before.covers(amount)) {
                return false;
            }
            if (balance.compareAndSet(before, before.take(amount))) {
                return true;
            }
        }
    }

    LeaseBalance settle(long held, long cost) {
        return balance.updateAndGet(before -> before.settle(held, cost));
    }

    LeaseBalance close() {
        return balance.updateAndGet(LeaseBalance::close);
    }
}
