package io.apihub.billing.payment;

/** How far an order is. */
public enum OrderState {
    PENDING,
    /** The money is there; the credit waits for the operator to know the tenant. */
    PAID,
    CREDITED,
    /** Nobody paid in time; who pays late is credited all the same. */
    EXPIRED,
    /** The credit is taken, the money is on its way back. */
    REFUNDING,
    REFUNDED;

    /** Whether a payment of it would be the first one. */
    public boolean awaitsPayment() {
        return this == PENDING || this == EXPIRED;
    }
}
