package io.apihub.billing.ledger;

import io.apihub.model.money.Credits;
import java.util.List;

/**
 * A transaction to post.
 *
 * @param reference what happened outside, at most 300 characters; posted at most once, ever
 * @param actor who did it: an administrator's name, or {@code system}
 * @param reason why; not empty where an administrator decides
 * @param entries at least two, of different accounts, with the sum zero
 */
public record Posting(
        TransactionKind kind,
        String reference,
        String actor,
        String reason,
        String memo,
        List<Entry> entries) {

    /** The actor of what follows from usage. */
    public static final String SYSTEM = "system";

    public Posting {
        entries = List.copyOf(entries);
        var sum = entries.stream().map(Entry::amount).reduce(Credits.ZERO, Credits::plus);
        if (entries.size() < 2 || sum.micros() != 0) {
            throw new IllegalArgumentException(
                    reference + ": entries must be two or more and sum to zero, not " + sum);
        }
    }

    /**
     * A transaction between two accounts.
     *
     * @param amount positive: moves from {@code from} to {@code to}
     */
    public static Posting transfer(
            TransactionKind kind, String reference, long from, long to, Credits amount) {
        return new Posting(
                kind,
                reference,
                SYSTEM,
                "",
                "",
                List.of(new Entry(from, amount.negated()), new Entry(to, amount)));
    }

    /** The same, decided by a person. */
    public Posting by(String person, String because) {
        return new Posting(kind, reference, person, because, memo, entries);
    }
}
