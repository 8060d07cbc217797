package io.apihub.extauthz.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.price.PriceFactor;
import io.apihub.model.price.Rating;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.UsageRecord;

/**
 * What billing will take from a hold's leases, figured out here by the same rule, so that the rest
 * can be spent again at once. Where that is not certain, the whole hold.
 */
final class HoldCost {

    private final PriceLookup prices;

    HoldCost(PriceLookup prices) {
        this.prices = prices;
    }

    /** Micro-units, from 0 to the hold. */
    long micros(UsageRecord settlement) {
        var hold = settlement.getHold();
        return switch (settlement.getOutcome()) {
            case OUTCOME_VOIDED -> 0;
            case OUTCOME_MEASURED, OUTCOME_ESTIMATED -> hold.getFree() ? 0 : rated(settlement);
            case OUTCOME_QUARANTINED, OUTCOME_UNREPORTED, OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
                    hold.getCostMicros();
        };
    }

    private long rated(UsageRecord settlement) {
        var hold = settlement.getHold();
        var tokens = settlement.getTokens();
        var used =
                new TokenUsage(
                        tokens.getInput(),
                        tokens.getCachedInput(),
                        tokens.getCacheWrite(),
                        tokens.getCacheWrite1H(),
                        tokens.getOutput(),
                        tokens.getReasoning());
        return prices.priceOf(hold.getPriceVersion(), hold.getModel())
                .map(price -> Rating.rate(used, price, factor(hold.getPriceFactorMillionths())))
                .map(rated -> Credits.min(rated.total(), new Credits(hold.getCostMicros())))
                .map(Credits::micros)
                .orElse(hold.getCostMicros());
    }

    private static PriceFactor factor(long millionths) {
        return new PriceFactor(millionths);
    }
}
