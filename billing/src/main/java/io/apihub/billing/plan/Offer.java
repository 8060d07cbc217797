package io.apihub.billing.plan;

import io.apihub.model.money.Credits;
import org.jspecify.annotations.Nullable;

/** Whether something may be done now, and what it costs. Good for the transaction that made it. */
public sealed interface Offer {

    /** It may not. */
    record No(String slug, String detail) implements Offer {}

    /**
     * It may.
     *
     * @param version what the tenant has then, or in the next period
     * @param price to be paid now
     * @param included credit that comes now
     * @param current what the tenant has; null: nothing
     */
    record Yes(
            Kind kind,
            PlanVersion version,
            Credits price,
            Credits included,
            @Nullable Subscription current)
            implements Offer {

        /** Number of the period that is paid, or in which it is chosen what follows. */
        int period() {
            if (current == null) {
                return 1;
            }
            int now = current.period().number();
            return switch (kind) {
                case PAY_AHEAD, PAY_LATE -> now + 1;
                case START, UPGRADE, PLAN, WITHDRAW -> now;
            };
        }

        /** Whether it is bought, and not only chosen for later. */
        boolean isBought() {
            return switch (kind) {
                case START, PAY_AHEAD, PAY_LATE, UPGRADE -> true;
                case PLAN, WITHDRAW -> false;
            };
        }
    }

    /** What is done. */
    enum Kind {
        /** The first period begins. */
        START,
        /** The next period is paid, and begins when this one ends. */
        PAY_AHEAD,
        /** The period that is owed is paid, and begins where the last one ended. */
        PAY_LATE,
        /** The rest of the period is of another plan. */
        UPGRADE,
        /** The next period will be of another plan. */
        PLAN,
        /** The next period will be of this plan after all. */
        WITHDRAW
    }
}
