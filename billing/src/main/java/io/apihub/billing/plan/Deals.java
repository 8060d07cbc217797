package io.apihub.billing.plan;

import io.apihub.billing.account.Account;
import io.apihub.billing.budget.CreditOffice;
import io.apihub.billing.plan.FaultPoint.Step;
import io.apihub.billing.plan.History.Moved;
import io.apihub.billing.plan.Subscription.Anchor;
import io.apihub.billing.plan.SubscriptionEvent.Kind;
import io.apihub.model.money.Credits;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What people do with plans. Everything happens in the caller's transaction, with the tenant's
 * account locked, so that whatever else wants something of the same plan waits: payment,
 * subscription, credit and what the Tenant shall be like change together or not at all.
 */
@Component
class Deals {

    private final Offers offers;
    private final Subscriptions subscriptions;
    private final Till till;
    private final Periods periods;
    private final Writing writing;
    private final CreditOffice office;

    /** Where it is written down. */
    @Component
    record Writing(
            Plans plans,
            History history,
            Applications applications,
            PlanTime time,
            FaultPoint fault) {}

    Deals(
            Offers offers,
            Subscriptions subscriptions,
            Till till,
            Periods periods,
            Writing writing,
            CreditOffice office) {
        this.offers = offers;
        this.subscriptions = subscriptions;
        this.till = till;
        this.periods = periods;
        this.writing = writing;
        this.office = office;
    }

    /**
     * What is wanted.
     *
     * @param version what to buy or to change to; null for a renewal
     * @param autoRenew whether to renew from the balance, if it is bought
     */
    record Wish(Action action, @Nullable PlanVersion version, boolean autoRenew) {}

    /** Calls leases back that hold what somebody wants to spend. Not in a transaction. */
    void makeRoom(UUID tenant, Credits price) {
        if (price.isPositive()) {
            office.rounds().makeRoom(tenant, price.micros());
        }
    }

    /**
     * Does what is wanted and pays for it from the balance. Not safe to repeat by itself: what is
     * to be renewed or changed is renewed or changed again, if it may be.
     */
    Outcome close(UUID tenant, Wish wish, Actor actor) {
        return close(tenant, wish, offer -> Optional.empty(), actor);
    }

    /** The same, but nothing else than what was ordered. */
    Outcome close(UUID tenant, Wish wish, Agreed agreed, Actor actor) {
        return close(tenant, wish, agreed::differs, actor);
    }

    private Outcome close(
            UUID tenant,
            Wish wish,
            Function<Offer.Yes, Optional<Outcome.No>> differs,
            Actor actor) {
        var account = till.lock(tenant).orElse(null);
        if (account == null) {
            return new Outcome.No("tenant-gone", "The tenant has just gone.");
        }
        return switch (offers.of(tenant, wish.action(), wish.version())) {
            case Offer.No no -> new Outcome.No(no.slug(), no.detail());
            case Offer.Yes yes ->
                    differs.apply(yes)
                            .<Outcome>map(no -> no)
                            .orElseGet(() -> close(account, yes, wish, actor));
        };
    }

    private Outcome close(Account account, Offer.Yes offer, Wish wish, Actor actor) {
        var spendable = till.spendable(account);
        if (offer.price().isPositive() && !spendable.covers(offer.price())) {
            return notCovered(offer.price(), spendable);
        }
        var tenant = account.tenantId();
        switch (offer.kind()) {
            case START -> start(account, offer, wish.autoRenew(), actor);
            case PAY_AHEAD -> payAhead(account, offer, actor);
            case PAY_LATE -> payLate(account, offer, actor);
            case UPGRADE -> upgrade(account, offer, actor);
            case PLAN -> plan(offer, offer.version().id(), Kind.CHANGE_PLANNED, actor);
            case WITHDRAW -> plan(offer, null, Kind.CHANGE_WITHDRAWN, actor);
        }
        return new Outcome.Done(subscriptions.current(tenant).orElseThrow(), offer);
    }

    private static Outcome notCovered(Credits price, Credits spendable) {
        return new Outcome.No(
                "not-covered",
                "It costs "
                        + price.toDecimal()
                        + ", and of the balance "
                        + Credits.max(spendable, Credits.ZERO).toDecimal()
                        + " can pay for it: neither credit that expires nor what gateways hold for"
                        + " some seconds more. Top up, or pay by an order.");
    }

    private void start(Account account, Offer.Yes offer, boolean autoRenew, Actor actor) {
        var version = offer.version();
        var period = new Anchor(writing.time().now(), 1).span(1, version.terms().period());
        var added = subscriptions.add(account.tenantId(), version.id(), autoRenew, period);
        till.pay(
                account,
                added.reference(1),
                offer.price(),
                actor,
                Periods.reason(version, added.period()));
        periods.first(added, version, offer.price(), actor);
    }

    private void payAhead(Account account, Offer.Yes offer, Actor actor) {
        var current = current(offer);
        int next = current.period().number() + 1;
        till.pay(
                account,
                current.reference(next),
                offer.price(),
                actor,
                offer.version().title() + ", period " + next);
        writing.fault().reached(Step.PAID);
        subscriptions.payAhead(current, offer.price());
        writing.fault().reached(Step.CHANGED);
        add(current, Kind.PAID_AHEAD, offer, actor);
    }

    /** Pays the period that is owed, and lets it begin. */
    void payLate(Account account, Offer.Yes offer, Actor actor) {
        var current = current(offer);
        int next = current.period().number() + 1;
        till.pay(
                account,
                current.reference(next),
                offer.price(),
                actor,
                offer.version().title() + ", period " + next);
        periods.next(current, offer.price(), actor, writing.time().now());
    }

    private void upgrade(Account account, Offer.Yes offer, Actor actor) {
        var current = current(offer);
        var version = offer.version();
        var reference =
                current.reference(current.period().number())
                        + "/upgrade/"
                        + (current.upgrades() + 1);
        var reason = "upgrade to " + version.title();
        till.pay(account, reference, offer.price(), actor, reason);
        writing.fault().reached(Step.PAID);
        subscriptions.upgrade(
                current,
                version.id(),
                current.paidAhead() == null ? null : version.terms().price());
        writing.fault().reached(Step.CHANGED);
        till.give(
                account.tenantId(),
                reference,
                new Till.Gift(offer.included(), current.period().endsAt()),
                actor,
                reason);
        writing.applications().want(account.tenantId(), version.terms().template());
        add(current, Kind.UPGRADED, offer, actor);
    }

    private void plan(Offer.Yes offer, @Nullable UUID next, Kind kind, Actor actor) {
        var current = current(offer);
        subscriptions.plan(current, next);
        add(current, kind, offer, actor);
    }

    private void add(Subscription subscription, Kind kind, Offer.Yes offer, Actor actor) {
        writing.history()
                .add(
                        subscription,
                        kind,
                        offer.version(),
                        new Moved(offer.price(), offer.included()),
                        actor,
                        "");
    }

    private static Subscription current(Offer.Yes offer) {
        return Objects.requireNonNull(offer.current());
    }
}
