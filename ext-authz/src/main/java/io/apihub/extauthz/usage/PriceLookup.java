package io.apihub.extauthz.usage;

import io.apihub.model.price.ModelPrice;
import java.util.Optional;

/** The prices that holds were taken with. */
@FunctionalInterface
public interface PriceLookup {

    /**
     * The price of a model in one version of the book; empty if this gateway does not know it (any
     * more). Then billing alone knows what a request cost, and its hold's unused part comes back
     * when the lease is closed.
     */
    Optional<ModelPrice> priceOf(long version, String model);
}
