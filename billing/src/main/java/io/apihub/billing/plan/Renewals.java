package io.apihub.billing.plan;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.plan.History.Moved;
import io.apihub.billing.plan.Offer.Kind;
import io.apihub.billing.plan.Subscription.State;
import io.apihub.model.money.Credits;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What follows when a period is over: the next one, or grace, or the end. Decided with the tenant's
 * account locked by what is there then, so it is safe to repeat, at any time, by any process.
 */
@Component
class Renewals {

    private static final Duration SOONEST = Duration.ofSeconds(10);
    private static final Duration LATEST = Duration.ofMinutes(10);

    private final Subscriptions subscriptions;
    private final Plans plans;
    private final Tenants tenants;
    private final Deals deals;
    private final Parts parts;
    private final TransactionTemplate transactions;

    /** What it is done with. */
    @Component
    record Parts(Till till, Periods periods, History history, PlanTime time, FaultPoint fault) {}

    Renewals(
            Subscriptions subscriptions,
            Plans plans,
            Tenants tenants,
            Deals deals,
            Parts parts,
            TransactionTemplate transactions) {
        this.subscriptions = subscriptions;
        this.plans = plans;
        this.tenants = tenants;
        this.deals = deals;
        this.parts = parts;
        this.transactions = transactions;
    }

    /** Does what is due of a subscription, if anything is. No transaction may be open. */
    void follow(UUID id) {
        var missing = transactions.execute(status -> follow(id, parts.time().now()));
        parts.fault().reached(FaultPoint.Step.COMMITTED);
        if (missing != null && missing.amount().isPositive()) {
            deals.makeRoom(missing.tenant(), missing.amount());
        }
    }

    /** What a tenant could not pay. */
    private record Missing(UUID tenant, Credits amount) {}

    private Missing follow(UUID id, Instant now) {
        var seen = subscriptions.find(id).orElseThrow();
        var account = parts.till().lock(seen.tenant());
        // Read again: before the lock somebody else may have changed it.
        var subscription = subscriptions.find(id).orElseThrow();
        var nothing = new Missing(seen.tenant(), Credits.ZERO);
        if (subscription.state() == State.ENDED || !isOver(subscription, now)) {
            return nothing;
        }
        boolean gone =
                account.isEmpty() || tenants.find(seen.tenant()).map(Tenant::deleted).orElse(true);
        if (gone) {
            end(subscription, "tenant-deleted", now);
        } else if (subscription.paidAhead() != null) {
            parts.periods().next(subscription, Credits.ZERO, Actor.TIME, now);
        } else if (subscription.cancelled()) {
            end(subscription, "cancelled", now);
        } else {
            return renew(subscription, account.get(), now);
        }
        return nothing;
    }

    private static boolean isOver(Subscription subscription, Instant now) {
        return !now.isBefore(subscription.period().endsAt());
    }

    private Missing renew(Subscription subscription, Account account, Instant now) {
        var version = plans.version(subscription.nextVersion());
        var price = version.terms().price();
        boolean wanted = subscription.autoRenew();
        if (wanted && covers(account, price)) {
            var offer =
                    new Offer.Yes(
                            Kind.PAY_LATE,
                            version,
                            price,
                            version.terms().included(),
                            subscription);
            deals.payLate(account, offer, Actor.TIME);
            return new Missing(account.tenantId(), Credits.ZERO);
        }
        overdue(subscription, now);
        return new Missing(account.tenantId(), wanted ? price : Credits.ZERO);
    }

    private boolean covers(Account account, Credits price) {
        return !price.isPositive() || parts.till().spendable(account).covers(price);
    }

    private void overdue(Subscription subscription, Instant now) {
        var until = subscription.graceEndsAt();
        if (until == null) {
            grace(subscription, now);
        } else if (now.isBefore(until)) {
            subscriptions.lookAgain(subscription, next(subscription, until, now));
        } else {
            end(subscription, "not-paid", now);
        }
    }

    /** From now, if nobody looked in time: grace is time to act in. */
    private void grace(Subscription subscription, Instant now) {
        var version = plans.version(subscription.version());
        int days = version.terms().graceDays();
        if (days == 0) {
            end(subscription, "not-paid", now);
            return;
        }
        var until = now.plus(Duration.ofDays(days));
        subscriptions.grace(subscription, until, next(subscription, until, now));
        parts.history()
                .add(
                        subscription,
                        SubscriptionEvent.Kind.OVERDUE,
                        version,
                        Moved.NOTHING,
                        Actor.TIME,
                        "");
    }

    /** Often at first, when leases are on their way back; more and more seldom then. */
    private static Instant next(Subscription subscription, Instant until, Instant now) {
        var pause = Duration.between(subscription.period().endsAt(), now).dividedBy(4);
        if (pause.compareTo(SOONEST) < 0) {
            pause = SOONEST;
        } else if (pause.compareTo(LATEST) > 0) {
            pause = LATEST;
        }
        var next = now.plus(pause);
        return next.isAfter(until) ? until : next;
    }

    private void end(Subscription subscription, String reason, Instant now) {
        parts.periods().end(subscription, reason, Actor.TIME, now);
    }

    /** A subscription that could not be followed is not in the way of others. */
    void putOff(UUID id) {
        transactions.executeWithoutResult(status ->
                subscriptions
                        .find(id)
                        .filter(one -> one.state() != State.ENDED)
                        .ifPresent(one ->
                                subscriptions.lookAgain(one, parts.time().now().plus(SOONEST))));
    }
}
