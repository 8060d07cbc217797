package io.apihub.billing.usage;

/** A record that can't be booked, ever; the message is kept with it for a human. */
final class BadRecord extends RuntimeException {

    private static final long serialVersionUID = 1;

    BadRecord(String reason) {
        super(reason);
    }

    BadRecord(String reason, Throwable cause) {
        super(reason, cause);
    }
}
