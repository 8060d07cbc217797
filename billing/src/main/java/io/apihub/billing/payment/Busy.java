package io.apihub.billing.payment;

/** Too many payments are being written down; whoever tells of this one has to tell again. */
public final class Busy extends RuntimeException {

    private static final long serialVersionUID = 1;

    Busy() {
        super("too many payments at once");
    }
}
