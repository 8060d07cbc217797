package io.apihub.e2e.simulation;

import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.ModelPrice;
import io.apihub.model.price.PriceSheet;
import java.time.Instant;
import java.util.List;

/** One book for ever: a token costs a micro-unit. */
final class Prices {

    private static final long MICRO = 1_000_000;

    static final ModelPrice PRICE =
            new ModelPrice(new ModelPattern("m"), MICRO, MICRO, MICRO, MICRO, MICRO, 0, false);

    static final PriceSheet SHEET = new PriceSheet(1, "CNY", Instant.EPOCH, List.of(PRICE));

    private Prices() {}
}
