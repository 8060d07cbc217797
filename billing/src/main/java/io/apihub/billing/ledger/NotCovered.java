package io.apihub.billing.ledger;

/** A debit of more than the account has left, leases counted. Nothing was posted. */
public final class NotCovered extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Where it is known before anything is posted. */
    public NotCovered() {
        super("the account does not cover it");
    }

    NotCovered(Throwable cause) {
        super("the account does not cover it", cause);
    }
}
