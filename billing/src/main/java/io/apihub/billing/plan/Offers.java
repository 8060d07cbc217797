package io.apihub.billing.plan;

import io.apihub.billing.plan.Offer.Kind;
import io.apihub.billing.plan.Offer.No;
import io.apihub.billing.plan.Offer.Yes;
import io.apihub.billing.plan.Subscription.State;
import io.apihub.model.money.Credits;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Decides what may be done at this moment, and what it costs. Changes nothing. */
@Component
public class Offers {

    private static final No NONE =
            new No("no-subscription", "The tenant has no plan; buy one first.");
    private static final No RENEWED =
            new No(
                    "already-renewed",
                    "The next period is paid already. Choose again when it has begun.");

    private final Subscriptions subscriptions;
    private final Plans plans;
    private final PlanTime time;

    Offers(Subscriptions subscriptions, Plans plans, PlanTime time) {
        this.subscriptions = subscriptions;
        this.plans = plans;
        this.time = time;
    }

    /**
     * What may be done.
     *
     * @param wanted what to buy or to change to; without meaning for a renewal
     */
    public Offer of(UUID tenant, Action action, @Nullable PlanVersion wanted) {
        var current = subscriptions.current(tenant).orElse(null);
        return switch (action) {
            case BUY -> buy(current, wanted(wanted));
            case RENEW -> current == null ? NONE : renew(current);
            case CHANGE -> current == null ? NONE : change(current, wanted(wanted));
        };
    }

    private static PlanVersion wanted(@Nullable PlanVersion wanted) {
        if (wanted == null) {
            throw new IllegalArgumentException("which plan?");
        }
        return wanted;
    }

    private static Offer buy(@Nullable Subscription current, PlanVersion version) {
        if (current != null) {
            return new No("already-subscribed", "The tenant has a plan; change it instead.");
        }
        var terms = version.terms();
        return new Yes(Kind.START, version, terms.price(), terms.included(), null);
    }

    private Offer renew(Subscription current) {
        if (current.paidAhead() != null) {
            return RENEWED;
        }
        var version = plans.version(current.nextVersion());
        var price = version.terms().price();
        return current.state() == State.GRACE
                ? new Yes(Kind.PAY_LATE, version, price, version.terms().included(), current)
                : new Yes(Kind.PAY_AHEAD, version, price, Credits.ZERO, current);
    }

    private Offer change(Subscription current, PlanVersion wanted) {
        if (wanted.id().equals(current.nextVersion())) {
            return new No("same-plan", "The next period is of this plan already.");
        }
        var held = plans.version(current.version());
        boolean another = current.next() != null;
        if (current.paidAhead() != null && another) {
            return RENEWED;
        }
        if (isUpgrade(current, held.terms(), wanted.terms())) {
            return upgrade(current, held.terms(), wanted);
        }
        if (current.paidAhead() != null) {
            return RENEWED;
        }
        var kind = wanted.id().equals(held.id()) ? Kind.WITHDRAW : Kind.PLAN;
        return new Yes(kind, wanted, Credits.ZERO, Credits.ZERO, current);
    }

    private boolean isUpgrade(Subscription current, PlanTerms held, PlanTerms wanted) {
        return current.state() == State.ACTIVE
                && time.now().isBefore(current.period().endsAt())
                && wanted.period() == held.period()
                && wanted.price().compareTo(held.price()) > 0;
    }

    private Offer upgrade(Subscription current, PlanTerms held, PlanVersion wanted) {
        var period = current.period();
        var left = Proration.of(period.startsAt(), period.endsAt(), time.now());
        var terms = wanted.terms();
        var charge = left.charge(terms.price().minus(held.price()));
        var ahead = current.paidAhead();
        return new Yes(
                Kind.UPGRADE,
                wanted,
                ahead == null ? charge : charge.plus(terms.price()).minus(ahead),
                left.credit(terms.included().minus(held.included())),
                current);
    }
}
