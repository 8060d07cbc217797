package io.apihub.billing.ledger;

import io.apihub.model.money.Credits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What moved on an account in a span of time. The database has proven that the opening balance and
 * what moved make the closing balance.
 *
 * @param from the first instant
 * @param to the instant after the last
 * @param kinds in the order of their names; those of which nothing moved are left out
 * @param readAt by the database's clock
 */
public record LedgerSpan(
        Instant from,
        Instant to,
        Credits opening,
        Credits closing,
        List<Kind> kinds,
        Instant readAt) {

    /** So long after its end nothing of a span can be posted any more; the database refuses it. */
    private static final Duration SETTLES = Duration.ofHours(1);

    public LedgerSpan {
        kinds = List.copyOf(kinds);
    }

    /**
     * All transactions of a kind.
     *
     * @param credited sum of what the balance grew by, zero or more
     * @param debited sum of what it shrank by, zero or less
     */
    public record Kind(
            TransactionKind kind,
            long transactions,
            Credits credited,
            Credits debited,
            long firstTransaction,
            long lastTransaction) {

        public Credits amount() {
            return credited.plus(debited);
        }
    }

    /** Whether nothing can be added to it any more. */
    public boolean isFinal() {
        return !readAt.isBefore(to.plus(SETTLES));
    }

    /** The smallest number of a transaction in it; 1 if there is none. */
    public long firstTransaction() {
        return kinds.stream().mapToLong(Kind::firstTransaction).min().orElse(1);
    }

    /** The greatest number of a transaction in it; 0 if there is none. */
    public long lastTransaction() {
        return kinds.stream().mapToLong(Kind::lastTransaction).max().orElse(0);
    }
}
