package io.apihub.billing.plan;

import io.apihub.model.money.Credits;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is.
 *
 * @param displayName as people read it
 * @param description may be empty
 * @param price of one period, zero or more
 * @param included credit that comes with each period and expires with it, zero or more
 * @param graceDays how long an unpaid period may still be paid after the last one ended, 0 to 14
 * @param template of the platform, which the Tenant gets limits, price factor and models of; null:
 *     it stays as it is
 */
public record PlanTerms(
        String displayName,
        String description,
        Credits price,
        Period period,
        Credits included,
        int graceDays,
        @Nullable String template) {

    /**
     * Shorter than the shortest month, so that grace never outlasts the period that it waits for.
     */
    public static final int MOST_GRACE_DAYS = 14;
}
