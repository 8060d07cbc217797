package io.apihub.e2e;

import io.apihub.dev.modelserver.Served;
import io.apihub.dev.process.Await;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Waits until a customer's books are closed, and compares them. */
final class Settled {

    /** Longer than a request whose end nobody told of stays open. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private Settled() {}

    /**
     * The comparison once no hold is open and nothing is wrong any more, or the last one when time
     * is up.
     *
     * @param tags of all requests of the customer
     * @param granted micro-units that the customer was ever given
     */
    static Audit of(Product product, Customer customer, Set<String> tags, long granted)
            throws InterruptedException {
        var last = new AtomicReference<Audit>();
        try {
            Await.until(
                    "the books to agree",
                    LIMIT,
                    () -> {
                        if (last.get() != null && new OpenHolds(product.stack()).count() > 0) {
                            return false;
                        }
                        List<Served> served =
                                product.served().stream()
                                        .filter(one -> tags.contains(one.tag()))
                                        .toList();
                        var books = Books.of(product.stack().postgres(), customer.name());
                        var audit = new Audit(books, served, granted);
                        last.set(audit);
                        return new OpenHolds(product.stack()).count() == 0
                                && audit.wrong().isEmpty();
                    });
        } catch (IllegalStateException e) {
            if (last.get() == null || last.get().wrong().isEmpty()) {
                throw e;
            }
        }
        return last.get();
    }
}
