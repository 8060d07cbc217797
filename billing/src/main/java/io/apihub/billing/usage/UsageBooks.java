package io.apihub.billing.usage;

import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.ledger.Book;
import io.apihub.model.price.PriceSheet;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * What usage is booked in.
 *
 * @param prices the price sheet of a version
 */
record UsageBooks(
        CreditStore credit,
        UsageStore usage,
        Book ledger,
        LongFunction<Optional<PriceSheet>> prices) {}
