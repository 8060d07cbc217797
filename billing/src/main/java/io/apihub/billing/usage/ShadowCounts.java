package io.apihub.billing.usage;

import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.ShadowLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Counts settled requests against limits in Shadow, and what Enforce would have refused of them.
 */
final class ShadowCounts {

    /** Names and rows remembered; more only cost a statement each. */
    private static final int REMEMBERED = 100_000;

    private final ShadowLimits limits;
    private final CreditStore store;
    private final Function<Collection<UUID>, Map<UUID, String>> keyNames;
    private final Map<UUID, String> names = new ConcurrentHashMap<>();
    private final Set<Budget.Key> made = ConcurrentHashMap.newKeySet();

    ShadowCounts(
            ShadowLimits limits,
            CreditStore store,
            Function<Collection<UUID>, Map<UUID, String>> keyNames) {
        this.limits = limits;
        this.store = store;
        this.keyNames = keyNames;
    }

    /** One limit that one request counts against. */
    record Want(Budget.Key key, Limit limit) {

        CreditStore.BudgetsOf rows(Booking booking) {
            return new CreditStore.BudgetsOf(
                    key.limit(),
                    key.metric(),
                    key.window(),
                    booking.hold().instant().toEpochMilli());
        }
    }

    /** What a batch counts against; makes the rows for it, so call it outside a transaction. */
    Map<Booking, List<Want>> prepare(List<Booking> bookings) {
        var wants = new HashMap<Booking, List<Want>>();
        var missing = new LinkedHashMap<Budget.Key, Limit>();
        for (var booking : bookings) {
            var applying = limits.of(booking.tenantId(), booking.keyUid(), booking.model());
            for (var shadow : applying) {
                var limit = shadow.limit();
                var subject = limit.perKey() ? name(booking.keyUid()) : "";
                var span =
                        limit.window()
                                .around(booking.hold().instant().toEpochMilli(), limit.zone());
                var key =
                        new Budget.Key(
                                new LimitKey(shadow.name(), subject),
                                limit.metric(),
                                limit.window(),
                                span);
                wants.computeIfAbsent(booking, one -> new ArrayList<>()).add(new Want(key, limit));
                if (!made.contains(key)) {
                    missing.put(key, limit);
                }
            }
        }
        if (!missing.isEmpty()) {
            store.create(missing, Map.of());
            if (made.size() > REMEMBERED) {
                made.clear();
            }
            made.addAll(missing.keySet());
        }
        return wants;
    }

    private String name(UUID key) {
        if (names.size() > REMEMBERED) {
            names.clear();
        }
        return names.computeIfAbsent(
                key, uid -> keyNames.apply(List.of(uid)).getOrDefault(uid, uid.toString()));
    }

    /** Counts one request, unless it had taken a lease of the same limit. */
    static void count(Booking booking, List<Want> wants, SettlementRows rows) {
        var taken = new HashSet<LimitKey>();
        booking.taken()
                .forEach(take ->
                        rows.budgetOf(rows.lease(take.leaseId()))
                                .ifPresent(budget -> taken.add(budget.key().limit())));
        long at = booking.hold().instant().toEpochMilli();
        for (var want : wants) {
            if (!taken.contains(want.key().limit())) {
                rows.find(want.key(), at)
                        .ifPresent(budget -> observe(budget, booking, want.limit()));
            }
        }
    }

    private static void observe(Budget budget, Booking booking, Limit limit) {
        budget.follow(limit);
        var counts = budget.counts();
        long worst = booking.worst().of(limit.metric());
        budget.observe(
                booking.counted().of(limit.metric()),
                worst > counts.amount() - counts.used() - counts.leased());
    }
}
