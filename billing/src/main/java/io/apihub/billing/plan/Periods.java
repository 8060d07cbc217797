package io.apihub.billing.plan;

import io.apihub.billing.plan.FaultPoint.Step;
import io.apihub.billing.plan.History.Moved;
import io.apihub.billing.plan.Subscription.Anchor;
import io.apihub.billing.plan.Subscription.Span;
import io.apihub.billing.plan.SubscriptionEvent.Kind;
import io.apihub.model.money.Credits;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * Begins and ends periods, with all that comes with them: credit, history, and what the Tenant
 * shall be like. Needs the caller's transaction and the lock of the tenant's account; what was to
 * be paid is paid.
 */
@Component
class Periods {

    private final Subscriptions subscriptions;
    private final Plans plans;
    private final Till till;
    private final History history;
    private final Applications applications;
    private final FaultPoint fault;

    Periods(
            Subscriptions subscriptions,
            Plans plans,
            Till till,
            History history,
            Applications applications,
            FaultPoint fault) {
        this.subscriptions = subscriptions;
        this.plans = plans;
        this.till = till;
        this.history = history;
        this.applications = applications;
        this.fault = fault;
    }

    /** The first period of a subscription that was just added. */
    void first(Subscription added, PlanVersion version, Credits paid, Actor actor) {
        fault.reached(Step.PAID);
        begun(added, version, Kind.BOUGHT, paid, actor);
    }

    /**
     * The next period.
     *
     * @param paid now, not ahead
     */
    void next(Subscription before, Credits paid, Actor actor, Instant now) {
        var version = plans.version(before.nextVersion());
        var anchor = anchor(before, version.terms().period(), now);
        var span = anchor.span(before.period().number() + 1, version.terms().period());
        fault.reached(Step.PAID);
        subscriptions.begin(before, version.id(), span, anchor);
        begun(subscriptions.find(before.id()).orElseThrow(), version, Kind.RENEWED, paid, actor);
    }

    /** Nobody pays for a period that is over: then the next one begins now. */
    private Anchor anchor(Subscription before, Period length, Instant now) {
        int number = before.period().number() + 1;
        var held = plans.version(before.version()).terms().period();
        var anchor =
                held == length ? before.anchor() : new Anchor(before.period().endsAt(), number);
        return anchor.span(number, length).endsAt().isAfter(now) ? anchor : new Anchor(now, number);
    }

    private void begun(
            Subscription subscription, PlanVersion version, Kind kind, Credits paid, Actor actor) {
        var period = subscription.period();
        var terms = version.terms();
        fault.reached(Step.CHANGED);
        till.give(
                subscription.tenant(),
                subscription.reference(period.number()),
                new Till.Gift(terms.included(), period.endsAt()),
                actor,
                reason(version, period));
        applications.want(subscription.tenant(), terms.template());
        history.add(subscription, kind, version, new Moved(paid, terms.included()), actor, "");
    }

    /** As the ledger says what was paid for. */
    static String reason(PlanVersion version, Span period) {
        return version.title() + ", period " + period.number();
    }

    /** Ends it: the Tenant gets back what it had before any plan. */
    void end(Subscription subscription, String reason, Actor actor, Instant now) {
        subscriptions.end(subscription, now, reason);
        fault.reached(Step.ENDING);
        applications.want(subscription.tenant(), null);
        history.add(
                subscription,
                Kind.ENDED,
                plans.version(subscription.version()),
                Moved.NOTHING,
                actor,
                reason);
    }
}
