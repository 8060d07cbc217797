package io.apihub.operator.upstream;

import io.apihub.operator.registry.BookInForce;
import java.util.List;
import java.util.Optional;

/** Whether the models of an Upstream have a price, without which requests for them are refused. */
sealed interface Pricing {

    /** The books can't be read now. */
    record Unknown() implements Pricing {}

    /** No book is in force. */
    record NoBook() implements Pricing {}

    /**
     * A book is in force.
     *
     * @param unpriced the models that it has no price for
     */
    record By(String book, List<String> unpriced) implements Pricing {}

    /**
     * What was read of the books.
     *
     * @param inForce empty if none is
     */
    record Books(Optional<BookInForce> inForce) {}

    /** Of these models; {@code books} is empty while they can't be read. */
    static Pricing of(List<String> models, Optional<Books> books) {
        if (books.isEmpty()) {
            return new Unknown();
        }
        return books.get()
                .inForce()
                .<Pricing>map(now -> new By(now.name(), now.unpriced(models)))
                .orElseGet(NoBook::new);
    }
}
