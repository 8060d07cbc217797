package io.apihub.billing.registration;

/** Where a process may end. Tests let it end there; nobody else listens. */
@FunctionalInterface
interface FaultPoint {

    /** The moments at which a process may end, in their order. */
    enum Moment {
        /** User and registration are committed; nobody works on it yet. */
        ACCEPTED,
        /** The address is proven, and the registration still waits for that. */
        PROVEN,
        /** Somebody works on it, and nothing is made yet. */
        CLAIMED,
        /** The Tenant is made, and nothing of it is written. */
        TENANT_MADE,
        /** Within the transaction that makes the owner: it is undone. */
        JOINING,
        /** The user owns the Tenant. */
        JOINED,
        /** Within the transaction that grants the trial: it is undone. */
        GRANTING,
        /** All is done, and nobody was told. */
        DONE
    }

    void reached(Moment moment);
}
