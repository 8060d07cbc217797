package io.apihub.operator.pricebook;

import io.apihub.crd.v1alpha1.PriceBook;
import io.apihub.model.money.Credits;
import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.ModelPrice;
import io.apihub.operator.registry.RegistryRow.PriceBookRow;
import io.apihub.operator.registry.Uuids;
import io.apihub.policy.v1.Price;
import java.util.UUID;

/** A PriceBook as a row; prices in micro-units. */
final class PriceBookRows {

    private PriceBookRows() {}

    /**
     * The row.
     *
     * @throws IllegalArgumentException if a price is no price, with a message for the user
     */
    static PriceBookRow of(PriceBook book) {
        var metadata = book.getMetadata();
        var spec = book.getSpec();
        var policy =
                io.apihub.policy.v1.PriceBook.newBuilder()
                        .setUid(Uuids.toBytes(UUID.fromString(metadata.getUid())))
                        .setName(metadata.getName())
                        .setCurrency(spec.currency());
        spec.prices().forEach(price -> policy.addPrices(price(price)));
        return new PriceBookRow(metadata.getGeneration(), policy.build(), spec.effectiveFrom());
    }

    private static Price price(PriceBook.Price price) {
        var perRequest = price.perRequest();
        var checked =
                new ModelPrice(
                        new ModelPattern(price.model()),
                        micros(price.input()),
                        micros(price.cachedInput()),
                        micros(price.cacheWrite()),
                        micros(price.cacheWrite1h()),
                        micros(price.output()),
                        perRequest == null ? 0 : micros(perRequest),
                        perRequest != null);
        return Price.newBuilder()
                .setModel(price.model())
                .setInput(checked.input())
                .setCachedInput(checked.cachedInput())
                .setCacheWrite(checked.cacheWrite())
                .setCacheWrite1H(checked.cacheWrite1h())
                .setOutput(checked.output())
                .setPerRequest(checked.perRequest())
                .setPricedPerRequest(checked.pricedPerRequest())
                .build();
    }

    private static long micros(String decimal) {
        return Credits.parse(decimal).micros();
    }
}
