package io.apihub.billing.account;

/** The accounts that are no tenant's. They keep no running balance: they are summed. */
public enum PlatformAccount {
    PAYMENT_CLEARING("payment_clearing"),
    USAGE_REVENUE("usage_revenue"),
    GRANTS("grants"),
    OVERAGE("overage"),
    SUSPENSE("suspense"),
    LATE_USAGE("late_usage"),
    PLAN_REVENUE("plan_revenue");

    private final String wireName;

    PlatformAccount(String wireName) {
        this.wireName = wireName;
    }

    /** The name in the database. */
    public String wireName() {
        return wireName;
    }
}
