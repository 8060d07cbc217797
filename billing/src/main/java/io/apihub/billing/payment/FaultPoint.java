package io.apihub.billing.payment;

/** Where a process may end. Tests let it end there; nobody else listens. */
@FunctionalInterface
interface FaultPoint {

    /** The steps between which a process may end. */
    enum Step {
        /** A payment's platform has answered; nothing of it is written. */
        ASKED,
        /** Within the transaction that credits: it is undone. */
        CREDITING,
        /** The transaction that credits is committed, and nobody was told. */
        CREDITED,
        /** The credit is taken, the platform will be told. */
        SENT,
        /** The platform was told to give money back, and what it did is not known. */
        GIVEN_BACK,
        /** It is known that the money went back, and not written. */
        FINISHING,
        /** It is known that the platform refused, and not written. */
        RETURNED
    }

    void reached(Step step);
}
