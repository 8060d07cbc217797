package io.apihub.billing.payment;

/** Where a process may end. Tests let it end there; nobody else listens. */
@FunctionalInterface
interface FaultPoint {

    /** The steps after which nothing is written for a while. */
    enum Step {
        ASKED,
        CREDITED,
        RESERVED,
        SENT,
        GIVEN_BACK,
        RETURNED
    }

    void reached(Step step);
}
