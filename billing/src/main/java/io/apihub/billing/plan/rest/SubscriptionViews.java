package io.apihub.billing.plan.rest;

import io.apihub.billing.plan.Applications;
import io.apihub.billing.plan.Applications.Application;
import io.apihub.billing.plan.PlanVersion;
import io.apihub.billing.plan.Plans;
import io.apihub.billing.plan.Subscription;
import io.apihub.billing.plan.Subscription.State;
import io.apihub.billing.rest.EntityTags;
import io.apihub.model.money.Credits;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        return known(List.of(subscription)).view(subscription);
    }

    /** Reads what some subscriptions are shown from: two statements, however many they are. */
    Known known(Collection<Subscription> subscriptions) {
        return new Known(
                plans.versions(
                        subscriptions.stream()
                                .flatMap(one -> Stream.of(one.version(), one.nextVersion()))
                                .collect(Collectors.toSet())),
                applications.of(
                        subscriptions.stream()
                                .map(Subscription::tenant)
                                .collect(Collectors.toSet())));
    }

    /** What subscriptions are shown from. */
    record Known(Map<UUID, PlanVersion> versions, Map<UUID, Application> applications) {

        /** Why the Tenant is not as the plan says yet; null if it is, or nobody tried. */
        @Nullable String problem(Subscription subscription) {
            var application = applications.get(subscription.tenant());
            return application == null ? null : application.lastError();
        }

        SubscriptionView view(Subscription subscription) {
            var ending = subscription.ending();
            var period = subscription.period();
            var application = applications.get(subscription.tenant());
            return new SubscriptionView(
                    subscription.id().toString(),
                    subscription.tenant().toString(),
                    PlanView.of(version(subscription.version())),
                    subscription.state(),
                    subscription.autoRenew(),
                    subscription.cancelled(),
                    subscription.paidAhead() != null,
                    period.number(),
                    period.startsAt(),
                    period.endsAt(),
                    next(subscription),
                    subscription.state() == State.GRACE ? subscription.graceEndsAt() : null,
                    application == null || application.isDone(),
                    application == null ? null : notApplied(application),
                    subscription.createdAt(),
                    ending == null ? null : ending.at(),
                    ending == null ? null : ending.reason());
        }

        /** What else is wrong is the platform's own matter. */
        private static @Nullable String notApplied(Application application) {
            var why = application.lastError();
            if (application.isDone() || why == null) {
                return null;
            }
            return application.kept()
                    ? why
                    : "The platform can't change the Tenant now, and tries again by itself.";
        }

        private PlanVersion version(UUID id) {
            return Objects.requireNonNull(versions.get(id));
        }

        private SubscriptionView.@Nullable NextRenewal next(Subscription subscription) {
            boolean paid = subscription.paidAhead() != null;
            if (subscription.state() == State.ENDED || (subscription.cancelled() && !paid)) {
                return null;
            }
            var version = version(subscription.nextVersion());
            var price = paid ? Credits.ZERO : version.terms().price();
            return new SubscriptionView.NextRenewal(
                    subscription.period().endsAt(),
                    version.name(),
                    version.number(),
                    price.toDecimal(),
                    String.valueOf(price.micros()));
        }
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
