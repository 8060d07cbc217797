package io.apihub.billing.payment;

import java.util.UUID;

/**
 * Money on its way back.
 *
 * @param tries how often somebody has worked on it
 */
public record Refund(
        UUID id,
        UUID order,
        Part part,
        State state,
        String actor,
        String reason,
        int tries,
        String answer) {

    /** How far it is. */
    public enum State {
        /** The credit is taken; the platform knows of nothing. */
        RESERVED,
        /** The platform may know; only asking tells. */
        SENT,
        DONE,
        /** The platform will not; the tenant has the credit again. */
        RETURNED
    }

    /** The same, as somebody else decides it. */
    Refund by(String person, String why) {
        return new Refund(id, order, part, state, person, why, tries, answer);
    }

    String number() {
        return OrderNumber.text(id);
    }
}
