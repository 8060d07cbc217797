package io.apihub.billing.payment.epay;

import java.math.BigDecimal;

/**
 * A part of a payment that is to be given back, or all of it.
 *
 * @param number of the refund, the same for each repeat
 * @param before what was given back of the payment before
 */
public record GiveBack(String number, BigDecimal amount, BigDecimal before) {

    /** What has been given back when this has been. */
    BigDecimal after() {
        return before.add(amount);
    }

    /** Whether something was asked to be given back. */
    public enum Standing {
        DONE,
        NOT_DONE,
        /** The platform tells no amounts, and it was not all of the payment at once. */
        CANT_TELL
    }
}
