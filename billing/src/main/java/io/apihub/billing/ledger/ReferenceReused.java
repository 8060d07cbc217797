package io.apihub.billing.ledger;

/**
 * A reference came again with other entries: a programmer's mistake or an attack, never a retry.
 */
public final class ReferenceReused extends RuntimeException {

    private static final long serialVersionUID = 1;

    ReferenceReused(String reference) {
        super("posted before with other entries: " + reference);
    }
}
