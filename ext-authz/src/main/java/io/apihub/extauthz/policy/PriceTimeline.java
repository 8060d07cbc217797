package io.apihub.extauthz.policy;

import io.apihub.model.price.ModelPrice;
import io.apihub.model.price.PriceSheet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The accepted price books in the order in which they come into force. */
public final class PriceTimeline {

    static final PriceTimeline EMPTY = new PriceTimeline(List.of(), List.of());

    /** Latest first; of two for the same instant the one accepted first counts. */
    private final List<Book> latestFirst;

    /**
     * Orders books and looks every model's price up.
     *
     * @param models those that clients may name
     */
    public PriceTimeline(Collection<PriceSheet> sheets, Collection<String> models) {
        latestFirst =
                sheets.stream()
                        .sorted(
                                Comparator.comparing(PriceSheet::inForceFrom)
                                        .reversed()
                                        .thenComparingLong(PriceSheet::version))
                        .map(sheet -> new Book(sheet, models))
                        .toList();
    }

    /** The book in force; null before the first one. */
    public @Nullable Book inForce(long nowMillis) {
        for (var book : latestFirst) {
            if (book.fromMillis <= nowMillis) {
                return book;
            }
        }
        return null;
    }

    /** The book of one version; null if it is not known (any more). */
    public @Nullable Book version(long version) {
        for (var book : latestFirst) {
            if (book.version == version) {
                return book;
            }
        }
        return null;
    }

    /** One book with the prices of every known model looked up beforehand. */
    public static final class Book {

        private final long version;
        private final long fromMillis;
        private final Map<String, ModelPrice> prices = new HashMap<>();

        private Book(PriceSheet sheet, Collection<String> models) {
            version = sheet.version();
            fromMillis = sheet.inForceFrom().toEpochMilli();
            for (var model : models) {
                sheet.priceOf(model).ifPresent(price -> prices.put(model, price));
            }
        }

        public long version() {
            return version;
        }

        /** Null if the book has no price for the model. */
        public @Nullable ModelPrice priceOf(String model) {
            return prices.get(model);
        }
    }
}
