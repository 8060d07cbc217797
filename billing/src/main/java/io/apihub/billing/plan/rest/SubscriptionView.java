package io.apihub.billing.plan.rest;

import io.apihub.billing.plan.Subscription;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's plan as REST shows it.
 *
 * @param plan as it is in this period
 * @param cancelled it ends with what is paid
 * @param paidAhead the next period is paid
 * @param nextRenewal the next period; absent if there will be none
 * @param graceEndsAt until when the period that ended may be followed by one that is paid late
 * @param applied whether limits, price factor and models of the plan are in force
 * @param notApplied why they are not; absent if they are, or nobody tried yet
 */
record SubscriptionView(
        String id,
        String tenantId,
        PlanView plan,
        Subscription.State state,
        boolean autoRenew,
        boolean cancelled,
        boolean paidAhead,
        int periodNumber,
        Instant periodStartsAt,
        Instant periodEndsAt,
        @Nullable NextRenewal nextRenewal,
        @Nullable Instant graceEndsAt,
        boolean applied,
        @Nullable String notApplied,
        Instant createdAt,
        @Nullable Instant endedAt,
        @Nullable String endReason) {

    /**
     * What comes next.
     *
     * @param at when the next period begins
     * @param price that is still to be paid for it
     */
    record NextRenewal(Instant at, String plan, int version, String price, String priceMicros) {}

    /** The same without what changes by itself: what an entity tag is made of. */
    SubscriptionView settled() {
        return new SubscriptionView(
                id,
                tenantId,
                plan,
                state,
                autoRenew,
                cancelled,
                paidAhead,
                periodNumber,
                periodStartsAt,
                periodEndsAt,
                nextRenewal,
                graceEndsAt,
                true,
                null,
                createdAt,
                endedAt,
                endReason);
    }
}
