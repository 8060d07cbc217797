package io.apihub.billing.admin;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.pricing.PriceBooks;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.model.money.Credits;
import io.apihub.model.price.ModelPrice;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The price book in force. */
@RestController
@Tag(name = "Catalogue")
class PriceController {

    private final PriceBooks books;
    private final EntityTags tags;
    private final InstantSource clock;

    PriceController(PriceBooks books, EntityTags tags, InstantSource clock) {
        this.books = books;
        this.tags = tags;
        this.clock = clock;
    }

    /**
     * Prices of the models that a pattern matches; decimals in the book's currency, for a million
     * tokens, {@code perRequest} for each request.
     */
    record Price(
            String model,
            String input,
            String cachedInput,
            String cacheWrite,
            String cacheWrite1h,
            String output,
            String perRequest) {}

    /** A price book. */
    record PriceBook(
            String version,
            String name,
            String currency,
            Instant effectiveFrom,
            Instant inForceFrom,
            List<Price> prices) {}

    @Operation(summary = "The price book in force")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/prices")
    ResponseEntity<PriceBook> prices() {
        return books.inForce(clock.instant())
                .map(PriceController::priceBook)
                .map(tags::answer)
                .orElseThrow(() ->
                        new Refused(
                                Problem.notFound("No price book is in force; apply a PriceBook.")));
    }

    private static PriceBook priceBook(PriceBooks.Book book) {
        return new PriceBook(
                String.valueOf(book.sheet().version()),
                book.name(),
                book.sheet().currency(),
                book.effectiveFrom(),
                book.sheet().inForceFrom(),
                book.sheet().prices().stream().map(PriceController::price).toList());
    }

    private static Price price(ModelPrice price) {
        return new Price(
                price.model().glob(),
                decimal(price.input()),
                decimal(price.cachedInput()),
                decimal(price.cacheWrite()),
                decimal(price.cacheWrite1h()),
                decimal(price.output()),
                decimal(price.perRequest()));
    }

    private static String decimal(long micros) {
        return new Credits(micros).toDecimal();
    }
}
