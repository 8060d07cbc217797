package io.apihub.billing.credit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What is left of an account's expiring credit, in micro-units. Whatever is used is used of the lot
 * that expires first, of two that expire together of the older one; credit that does not expire is
 * used last. So the lots together are never more than the balance. Immutable.
 */
record Lots(List<Lot> inOrder) {

    private static final Comparator<Lot> EXPIRING_FIRST =
            Comparator.comparing(Lot::expiresAt).thenComparingLong(Lot::id);

    Lots {
        inOrder = inOrder.stream().sorted(EXPIRING_FIRST).toList();
    }

    /**
     * One of them.
     *
     * @param id grows with age's opposite: the older lot has the smaller one
     * @param remaining not used yet, zero or more
     */
    record Lot(long id, Instant expiresAt, long remaining) {

        Lot {
            if (remaining < 0) {
                throw new IllegalArgumentException("lot " + id + " has " + remaining);
            }
        }

        Lot less(long micros) {
            return new Lot(id, expiresAt, Math.subtractExact(remaining, micros));
        }
    }

    /** The sum of what is left. */
    long remaining() {
        return inOrder.stream().mapToLong(Lot::remaining).reduce(0, Math::addExact);
    }

    /**
     * Uses that much, or all if it is less.
     *
     * @param micros zero or more
     */
    Lots use(long micros) {
        return reduce(inOrder, micros);
    }

    /**
     * After money was paid back, which uses no lot, they may be more than the balance: then the
     * ones that expire last give way.
     *
     * @param balance may be negative
     */
    Lots within(long balance) {
        return reduce(inOrder.reversed(), Math.max(0, remaining() - Math.max(0, balance)));
    }

    private static Lots reduce(List<Lot> order, long micros) {
        long rest = micros;
        var left = new ArrayList<Lot>();
        for (var lot : order) {
            long used = Math.min(rest, lot.remaining());
            left.add(lot.less(used));
            rest -= used;
        }
        return new Lots(left);
    }

    /**
     * How much of a new gift is a lot: a debt is repaid first.
     *
     * @param gift more than zero
     * @param balance with the gift
     */
    long newLot(long gift, long balance) {
        return Math.clamp(balance - remaining(), 0, gift);
    }
}
