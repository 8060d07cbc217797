package io.apihub.billing.plan.rest;

import io.apihub.billing.plan.Applications;
import io.apihub.billing.plan.PlanVersion;
import io.apihub.billing.plan.Plans;
import io.apihub.billing.plan.Subscription;
import io.apihub.billing.plan.Subscription.State;
import io.apihub.billing.rest.EntityTags;
import io.apihub.model.money.Credits;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Shows subscriptions. */
@Component
class SubscriptionViews {

    private final Plans plans;
    private final Applications applications;
    private final EntityTags tags;

    SubscriptionViews(Plans plans, Applications applications, EntityTags tags) {
        this.plans = plans;
        this.applications = applications;
        this.tags = tags;
    }

    SubscriptionView of(Subscription subscription) {
        var ending = subscription.ending();
        var period = subscription.period();
        return new SubscriptionView(
                subscription.id().toString(),
                subscription.tenant().toString(),
                PlanView.of(plans.version(subscription.version())),
                subscription.state(),
                subscription.autoRenew(),
                subscription.cancelled(),
                subscription.paidAhead() != null,
                period.number(),
                period.startsAt(),
                period.endsAt(),
                next(subscription),
                subscription.state() == State.GRACE ? subscription.graceEndsAt() : null,
                applications
                        .find(subscription.tenant())
                        .map(Applications.Application::isDone)
                        .orElse(true),
                subscription.createdAt(),
                ending == null ? null : ending.at(),
                ending == null ? null : ending.reason());
    }

    private SubscriptionView.@Nullable NextRenewal next(Subscription subscription) {
        boolean paid = subscription.paidAhead() != null;
        if (subscription.state() == State.ENDED || (subscription.cancelled() && !paid)) {
            return null;
        }
        PlanVersion version = plans.version(subscription.nextVersion());
        var price = paid ? Credits.ZERO : version.terms().price();
        return new SubscriptionView.NextRenewal(
                subscription.period().endsAt(),
                version.name(),
                version.number(),
                price.toDecimal(),
                String.valueOf(price.micros()));
    }

    /** Answers with one and its tag. */
    ResponseEntity<SubscriptionView> answer(Subscription subscription) {
        var view = of(subscription);
        return ResponseEntity.ok().eTag(tags.of(view.settled())).body(view);
    }

    /** Checks that a client means it as it is. */
    void check(@Nullable String ifMatch, Subscription subscription) {
        tags.check(ifMatch, of(subscription).settled());
    }
}
