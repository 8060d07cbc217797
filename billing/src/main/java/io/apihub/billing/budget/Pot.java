package io.apihub.billing.budget;

/**
 * What leases are cut from, locked by the transaction that holds it. Whatever is done to it, what
 * it has leased is the sum of what its leases have open.
 */
public sealed interface Pot permits Money, Budget, Share {

    /** Names a pot across kinds. */
    record Id(Kind kind, long number) {}

    /** Kinds of pots, in the order in which they are locked; leases come between the first two. */
    enum Kind {
        BUDGET,
        SHARE,
        ACCOUNT
    }

    Id id();

    /** What may still be leased; negative after a limit was lowered. */
    long free();

    /** Sum of what the leases have open. */
    long leased();

    /** When it is full again, milliseconds since 1970; 0 = never. */
    long resetsAtMillis();

    /**
     * Leases.
     *
     * @throws IllegalArgumentException if that much is not free
     */
    void lease(long amount);

    /** Takes back what a lease had open and did not spend. */
    void release(long amount);
}
