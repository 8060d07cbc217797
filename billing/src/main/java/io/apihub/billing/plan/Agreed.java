package io.apihub.billing.plan;

import io.apihub.model.money.Credits;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What somebody ordered. When the order is paid, time may have gone by and the tenant may have
 * chosen otherwise: nothing else is bought than this, and for no higher price.
 *
 * @param subscription that it is of; null for a plan that is bought
 * @param period number of the period that is paid
 * @param version of the plan
 * @param most the price when it was ordered
 */
record Agreed(@Nullable UUID subscription, int period, UUID version, Credits most) {

    static Agreed on(Offer.Yes offer) {
        return new Agreed(idOf(offer), offer.period(), offer.version().id(), offer.price());
    }

    private static @Nullable UUID idOf(Offer.Yes offer) {
        var current = offer.current();
        return current == null ? null : current.id();
    }

    /** Why an offer is not what was ordered; empty if it is. */
    Optional<Outcome.No> differs(Offer.Yes offer) {
        boolean same =
                offer.isBought()
                        && Objects.equals(subscription, idOf(offer))
                        && period == offer.period()
                        && version.equals(offer.version().id());
        if (!same) {
            return Optional.of(
                    new Outcome.No(
                            "changed-since",
                            "What was ordered for this period of the plan can't be bought any"
                                    + " more; choose again."));
        }
        if (!most.covers(offer.price())) {
            return Optional.of(
                    new Outcome.No(
                            "dearer-since",
                            "It cost "
                                    + most.toDecimal()
                                    + " when it was ordered, and "
                                    + offer.price().toDecimal()
                                    + " now; choose again."));
        }
        return Optional.empty();
    }
}
