package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.price.PriceFactor;
import io.apihub.model.price.PriceSheet;
import io.apihub.model.price.RatedUsage;
import io.apihub.model.price.Rating;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.LongFunction;

/** What a record costs: by its outcome, at the price version that its hold was taken with. */
final class Rated {

    private Rated() {}

    /**
     * Rates a record.
     *
     * @throws BadRecord if the price version or the model's price does not exist, or the outcome is
     *     none
     */
    static RatedUsage rate(
            UsageRecord record, TokenUsage tokens, LongFunction<Optional<PriceSheet>> books) {
        var hold = record.getHold();
        return switch (record.getOutcome()) {
            case OUTCOME_VOIDED -> whole(Credits.ZERO);
            case OUTCOME_QUARANTINED, OUTCOME_UNREPORTED ->
                    whole(new Credits(hold.getCostMicros()));
            case OUTCOME_MEASURED, OUTCOME_ESTIMATED ->
                    hold.getFree() ? whole(Credits.ZERO) : byTokens(hold, tokens, books);
            case OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
                    throw new BadRecord("no outcome: " + record.getOutcomeValue());
        };
    }

    private static RatedUsage byTokens(
            Hold hold, TokenUsage tokens, LongFunction<Optional<PriceSheet>> books) {
        var sheet =
                books.apply(hold.getPriceVersion())
                        .orElseThrow(
                                () -> new BadRecord("no price version " + hold.getPriceVersion()));
        var price =
                sheet.priceOf(hold.getModel())
                        .orElseThrow(() ->
                                new BadRecord(
                                        "price version "
                                                + hold.getPriceVersion()
                                                + " has no price for "
                                                + hold.getModel()));
        return Rating.rate(tokens, price, new PriceFactor(hold.getPriceFactorMillionths()));
    }

    private static RatedUsage whole(Credits cost) {
        var none = BigDecimal.ZERO;
        return new RatedUsage(none, none, none, none, none, none, none, cost);
    }
}
