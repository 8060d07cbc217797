package io.apihub.billing.plan;

import io.apihub.billing.access.Caller;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.payment.Cashier;
import io.apihub.billing.payment.PaymentOrder;
import io.apihub.billing.plan.Deals.Wish;
import io.apihub.billing.plan.History.Moved;
import io.apihub.billing.plan.SubscriptionEvent.Kind;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Where people come to with their plans. What can't be is refused in words for them. */
@Component
public class PlanDesk {

    private static final int DECIMALS_OF_ORDERS = 2;

    private final Deals deals;
    private final Offers offers;
    private final PlanOrders orders;
    private final Cashier cashier;
    private final Rows rows;
    private final Till till;

    /** What is shown and changed. */
    @Component
    record Rows(
            Subscriptions subscriptions,
            Plans plans,
            History history,
            Periods periods,
            PlanTime time,
            FaultPoint fault) {}

    PlanDesk(Deals deals, Offers offers, PlanOrders orders, Cashier cashier, Rows rows, Till till) {
        this.deals = deals;
        this.offers = offers;
        this.orders = orders;
        this.cashier = cashier;
        this.rows = rows;
        this.till = till;
    }

    /**
     * What somebody wants.
     *
     * @param version what to buy or to change to; null for a renewal
     * @param autoRenew whether to renew from the balance, if it is bought
     */
    public record Wanted(Action action, @Nullable PlanVersion version, boolean autoRenew) {

        Wish wish() {
            return new Wish(action, version, autoRenew);
        }
    }

    /** Calls leases back that hold what a wish may cost. Not in a transaction. */
    public void makeRoom(Tenant tenant, Wanted wanted) {
        if (offers.of(tenant.id(), wanted.action(), wanted.version()) instanceof Offer.Yes yes) {
            deals.makeRoom(tenant.id(), yes.price());
        }
    }

    /**
     * Does it and pays from the balance, in the caller's transaction.
     *
     * @throws Refused 409 if it can't be now
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Subscription close(Tenant tenant, Wanted wanted, Caller caller) {
        checkLives(tenant);
        return switch (deals.close(tenant.id(), wanted.wish(), Actor.of(caller))) {
            case Outcome.Done done -> {
                afterCommit(() -> rows.fault().reached(FaultPoint.Step.BOUGHT));
                yield done.subscription();
            }
            case Outcome.No no -> throw refused(no.slug(), no.detail());
        };
    }

    private static void afterCommit(Runnable work) {
        TransactionSynchronizationManager.registerSynchronization(
                new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        work.run();
                    }
                });
    }

    /**
     * Orders it: it is done when the order is paid.
     *
     * @throws Refused 409 if it can't be now, or has nothing to pay
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public PaymentOrder order(
            Tenant tenant, Wanted wanted, PayProvider provider, String type, Caller caller) {
        checkLives(tenant);
        var offer = offers.of(tenant.id(), wanted.action(), wanted.version());
        return switch (offer) {
            case Offer.No no -> throw refused(no.slug(), no.detail());
            case Offer.Yes yes -> {
                var credit = credit(yes.price(), provider);
                var order =
                        cashier.openWithoutBonus(
                                tenant, caller, new Cashier.Wish(provider, type, credit));
                orders.add(
                        order.id(), tenant.id(), wanted.wish(), Agreed.on(yes), Actor.of(caller));
                yield order;
            }
        };
    }

    /** In whole coins, and no less than the provider takes; the rest stays in the balance. */
    private static Credits credit(Credits price, PayProvider provider) {
        if (!price.isPositive()) {
            throw refused("nothing-to-pay", "It costs nothing now; do it without an order.");
        }
        var coins =
                Credits.of(
                        new BigDecimal(price.toDecimal())
                                .setScale(DECIMALS_OF_ORDERS, RoundingMode.CEILING));
        var terms = provider.terms();
        if (coins.compareTo(terms.maximum()) > 0) {
            throw refused(
                    "above-maximum",
                    "It costs more than "
                            + terms.maximum()
                            + ", the most that this provider takes at once: top up first, then pay"
                            + " from the balance.");
        }
        return Credits.max(coins, terms.minimum());
    }

    /**
     * Whether it renews by itself, and whether it ends with what is paid.
     *
     * @param autoRenew null: as it is
     * @param cancelled null: as it is
     * @param check sees it as it is, locked, and may refuse
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Subscription choose(
            Tenant tenant,
            @Nullable Boolean autoRenew,
            @Nullable Boolean cancelled,
            Consumer<Subscription> check,
            Caller caller) {
        var current = locked(tenant);
        check.accept(current);
        boolean renew = autoRenew == null ? current.autoRenew() : autoRenew;
        boolean cancel = cancelled == null ? current.cancelled() : cancelled;
        rows.subscriptions().choose(current, renew, cancel);
        if (renew != current.autoRenew()) {
            add(current, renew ? Kind.AUTO_RENEWAL_ON : Kind.AUTO_RENEWAL_OFF, caller, "");
        }
        if (cancel != current.cancelled()) {
            add(current, cancel ? Kind.CANCELLED : Kind.RESUMED, caller, "");
        }
        rows.subscriptions().lookSoon(List.of(tenant.id()), rows.time().now());
        return rows.subscriptions().find(current.id()).orElseThrow();
    }

    /**
     * Ends a tenant's plan at once. Credit that came with it stays until it expires.
     *
     * @param giveBack of what was paid, zero or more
     * @param reason kept for ever
     * @throws Refused 404 if it has none; 409 if less was paid
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Subscription end(Tenant tenant, Credits giveBack, String reason, Caller administrator) {
        var current = locked(tenant);
        var paid = rows.history().paid(current.id());
        if (!paid.covers(giveBack)) {
            throw refused("more-than-paid", "Only " + paid.toDecimal() + " was paid for it.");
        }
        var actor = Actor.of(administrator);
        rows.periods().end(current, reason, actor, rows.time().now());
        till.payBack(
                till.lock(tenant.id()).orElseThrow(),
                current.id() + "/back",
                giveBack,
                actor,
                reason);
        return rows.subscriptions().find(current.id()).orElseThrow();
    }

    private void add(Subscription subscription, Kind kind, Caller caller, String reason) {
        var version = rows.plans().version(subscription.version());
        rows.history().add(subscription, kind, version, Moved.NOTHING, Actor.of(caller), reason);
    }

    private Subscription locked(Tenant tenant) {
        UUID id = tenant.id();
        return till.lock(id)
                .flatMap(account -> rows.subscriptions().current(id))
                .orElseThrow(() -> new Refused(Problem.notFound("The tenant has no plan.")));
    }

    private static void checkLives(Tenant tenant) {
        if (tenant.deleted()) {
            throw new Refused(Problem.notFound("The tenant has just gone."));
        }
    }

    private static Refused refused(String slug, String detail) {
        return new Refused(Problem.conflict(slug, detail));
    }
}
