package io.apihub.model.price;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One accepted price book.
 *
 * @param version identity of the book, never reused
 * @param currency ISO 4217 code
 * @param inForceFrom the later of the book's own date and the instant of its acceptance
 * @param prices in the book's order
 */
public record PriceSheet(
        long version, String currency, Instant inForceFrom, List<ModelPrice> prices) {

    public PriceSheet {
        prices = List.copyOf(prices);
    }

    /** The price of a model: exact name, else longest literal prefix, else first in the list. */
    public Optional<ModelPrice> priceOf(String model) {
        ModelPrice best = null;
        for (var price : prices) {
            if (price.model().matches(model) && (best == null || moreSpecific(price, best))) {
                best = price;
            }
        }
        return Optional.ofNullable(best);
    }

    private static boolean moreSpecific(ModelPrice candidate, ModelPrice best) {
        var a = candidate.model();
        var b = best.model();
        if (a.isExact() != b.isExact()) {
            return a.isExact();
        }
        return a.literalPrefixLength() > b.literalPrefixLength();
    }
}
