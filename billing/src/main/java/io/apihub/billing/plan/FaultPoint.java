package io.apihub.billing.plan;

/** Where a process may end. Tests let it end there; nobody else listens. */
@FunctionalInterface
interface FaultPoint {

    /** The steps between which a process may end. */
    enum Step {
        /** Within the transaction, the price is taken: it is undone. */
        PAID,
        /** Within it, the subscription is changed too, and nothing is wished of the Tenant yet. */
        CHANGED,
        /** Everything is committed, and nobody was told. */
        COMMITTED,
        /** The same of what a person does and pays from the balance. */
        BOUGHT,
        /** An order's credit is there, and nothing is bought with it: both are undone. */
        CREDITED,
        /** It is known which template the Tenant had before any plan. */
        NOTED,
        /** The Tenant will be changed. */
        APPLYING,
        /** The Tenant is changed, and that is not written. */
        APPLIED,
        /** Within the transaction that ends a subscription: it is undone. */
        ENDING
    }

    void reached(Step step);
}
