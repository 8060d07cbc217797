package io.apihub.billing.plan;

/** What somebody may want with a plan that costs something. */
public enum Action {
    /** Have one, having none. */
    BUY,
    /** Pay the next period, ahead or late. */
    RENEW,
    /** Have another one: at once if it costs more a period of the same length, else next period. */
    CHANGE
}
