package io.apihub.billing.plan;

import io.apihub.model.money.Credits;
import java.time.Instant;
import java.util.UUID;

/**
 * Something that happened to a subscription.
 *
 * @param id later ones have greater ones
 * @param version of the plan, from then on or in the next period
 * @param price paid with it
 * @param included credit that came with it
 * @param startsAt of the period that it was about
 * @param endsAt of that period
 */
public record SubscriptionEvent(
        long id,
        UUID subscription,
        Kind kind,
        UUID version,
        Credits price,
        Credits included,
        Instant startsAt,
        Instant endsAt,
        String actor,
        String reason,
        Instant at) {

    /** What happened. */
    public enum Kind {
        BOUGHT,
        /** The next period was paid before it began. */
        PAID_AHEAD,
        /** A period began. */
        RENEWED,
        UPGRADED,
        CHANGE_PLANNED,
        CHANGE_WITHDRAWN,
        AUTO_RENEWAL_ON,
        AUTO_RENEWAL_OFF,
        CANCELLED,
        RESUMED,
        /** The period is over and the next one is not paid. */
        OVERDUE,
        ENDED
    }
}
