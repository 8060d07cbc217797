package io.apihub.billing.usage;

import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.ShadowLimits;
import io.apihub.billing.ledger.Book;
import io.apihub.model.price.PriceSheet;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * What usage is booked in.
 *
 * @param prices the price sheet of a version
 * @param shadows limits that are only counted
 * @param keyNames names of keys by their uids
 */
record UsageBooks(
        CreditStore credit,
        UsageStore usage,
        Book ledger,
        LongFunction<Optional<PriceSheet>> prices,
        ShadowLimits shadows,
        Function<Collection<UUID>, Map<UUID, String>> keyNames) {}
