package io.apihub.billing.ledger;

import java.util.Arrays;

/** Why money moved. */
public enum TransactionKind {
    TOP_UP("top-up"),
    USAGE("usage"),
    GRANT("grant"),
    REDEMPTION("redemption"),
    ADJUSTMENT("adjustment"),
    REFUND("refund"),
    EXPIRY("expiry"),
    /** What a tenant pays for its plan, of credit that does not expire. */
    PLAN("plan"),
    /** What an upstream served beyond the hold: owed, even where nothing is left. */
    OVERAGE("overage"),
    /** Usage of a lease that was closed already: the platform's loss. */
    LATE_USAGE("late-usage"),
    /** The difference between an estimate and the truth; posts even where nothing is left. */
    CORRECTION("correction");

    private final String wireName;

    TransactionKind(String wireName) {
        this.wireName = wireName;
    }

    /** The name in the database and in REST. */
    public String wireName() {
        return wireName;
    }

    /**
     * Reads a name.
     *
     * @throws IllegalArgumentException if there is no such kind
     */
    public static TransactionKind of(String wireName) {
        return Arrays.stream(values())
                .filter(kind -> kind.wireName.equals(wireName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such kind: " + wireName));
    }
}
