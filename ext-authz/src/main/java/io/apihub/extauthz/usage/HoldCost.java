package io.apihub.extauthz.usage;

import io.apihub.extauthz.credit.Amounts;
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

    private static final Amounts EVERYTHING =
            new Amounts(1, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    private final PriceLookup prices;

    HoldCost(PriceLookup prices) {
        this.prices = prices;
    }

    /** By metric, each from 0 upwards; what exceeds the hold is not taken from its leases. */
    Amounts amounts(UsageRecord settlement) {
        return switch (settlement.getOutcome()) {
            case OUTCOME_VOIDED -> Amounts.NOTHING;
            case OUTCOME_MEASURED, OUTCOME_ESTIMATED -> counted(settlement);
            case OUTCOME_QUARANTINED, OUTCOME_UNREPORTED, OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
                    EVERYTHING;
        };
    }

    private Amounts counted(UsageRecord settlement) {
        var hold = settlement.getHold();
        var tokens = settlement.getTokens();
        long input =
                tokens.getInput()
                        + tokens.getCachedInput()
                        + tokens.getCacheWrite()
                        + tokens.getCacheWrite1H();
        long output = tokens.getOutput();
        if (input < 0 || output < 0) {
            return EVERYTHING;
        }
        return new Amounts(1, hold.getFree() ? 0 : rated(settlement), input, output);
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
