package io.apihub.billing.budget;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The pots that requests want parts of, found by the limits of now and locked. */
final class LockedPots {

    /** The next window may be leased this long before the running one ends. */
    private static final long EARLY_MILLIS = 5_000;

    private final Map<Want.Subject, Pot> found = new HashMap<>();
    private final Set<Pot> all = new LinkedHashSet<>();
    private final Map<Want.Subject, Long> early = new HashMap<>();
    private final Missing missing = new Missing(new LinkedHashMap<>(), new LinkedHashMap<>());
    private final long now;

    private LockedPots(long now) {
        this.now = now;
    }

    /** Rows that have to be made first. */
    record Missing(Map<Budget.Key, Limit> budgets, Map<Share.Key, Limit> shares) {
        boolean isEmpty() {
            return budgets.isEmpty() && shares.isEmpty();
        }
    }

    /** Locks all that the requests want, in the order of locks. */
    static LockedPots lock(CreditStore store, List<Ask> asks, CreditStore.Roll roll) {
        var budgets = new LinkedHashSet<Want.OfBudget>();
        var shares = new LinkedHashSet<Want.OfShare>();
        var accounts = new LinkedHashSet<UUID>();
        var names = new HashSet<LimitName>();
        for (var ask : asks) {
            for (var want : ask.wants()) {
                switch (want.subject()) {
                    case Want.OfAccount(var tenant) -> accounts.add(tenant);
                    case Want.OfBudget budget -> {
                        budgets.add(budget);
                        names.add(budget.limit().name());
                    }
                    case Want.OfShare share -> {
                        shares.add(share);
                        names.add(share.limit().name());
                    }
                }
            }
        }
        var limits = names.isEmpty() ? Map.<LimitName, Limit>of() : store.limits(names);
        var pots = new LockedPots(roll.nowMillis());
        pots.budgets(store, budgets, limits);
        pots.shares(store, shares, limits);
        if (pots.missing.isEmpty() && !accounts.isEmpty()) {
            store.lockAccounts(accounts)
                    .forEach((tenant, account) ->
                            pots.put(new Want.OfAccount(tenant), new Money(account)));
        }
        return pots;
    }

    private void put(Want.Subject subject, Pot pot) {
        found.put(subject, pot);
        all.add(pot);
    }

    private static @Nullable Limit enforced(
            LimitKey key, boolean shared, Map<LimitName, Limit> limits) {
        var limit = limits.get(key.name());
        return limit != null
                        && limit.enforced()
                        && limit.isShared() == shared
                        && limit.fits(key.subject())
                ? limit
                : null;
    }

    private void budgets(
            CreditStore store, Collection<Want.OfBudget> wants, Map<LimitName, Limit> limits) {
        var rows = new LinkedHashSet<CreditStore.BudgetsOf>();
        for (var want : wants) {
            var limit = enforced(want.limit(), false, limits);
            if (limit != null) {
                rows.add(rowsOf(want.limit(), limit));
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        var locked = new HashMap<LimitKey, List<Budget>>();
        for (var budget : store.lockBudgets(rows)) {
            locked.computeIfAbsent(budget.key().limit(), key -> new ArrayList<>()).add(budget);
        }
        for (var want : wants) {
            var limit = enforced(want.limit(), false, limits);
            if (limit != null) {
                choose(want, limit, locked.getOrDefault(want.limit(), List.of()));
            }
        }
    }

    /** The running window, the next, and one before that ends within the running one. */
    private CreditStore.BudgetsOf rowsOf(LimitKey key, Limit limit) {
        var calendar = limit.window().around(now, limit.zone());
        return new CreditStore.BudgetsOf(
                key, limit.metric(), limit.window(), calendar.startMillis());
    }

    private void choose(Want.OfBudget want, Limit limit, List<Budget> rows) {
        var running = Windows.running(limit, spans(rows), now);
        var wanted = running;
        if (want.windowStartMillis() != 0 && want.windowStartMillis() >= running.endMillis()) {
            if (now < running.endMillis() - EARLY_MILLIS
                    || want.windowStartMillis() != running.endMillis()) {
                early.put(want, running.endMillis());
                return;
            }
            wanted = Windows.running(limit, spans(rows), running.endMillis());
        }
        var span = wanted;
        rows.stream()
                .filter(budget -> budget.key().span().equals(span))
                .findFirst()
                .ifPresentOrElse(
                        budget -> {
                            budget.follow(limit);
                            put(want, budget);
                        },
                        () ->
                                missing.budgets()
                                        .put(
                                                new Budget.Key(
                                                        want.limit(),
                                                        limit.metric(),
                                                        limit.window(),
                                                        span),
                                                limit));
    }

    private static List<Span> spans(List<Budget> budgets) {
        return budgets.stream().map(budget -> budget.key().span()).toList();
    }

    private void shares(
            CreditStore store, Collection<Want.OfShare> wants, Map<LimitName, Limit> limits) {
        var keys = new LinkedHashMap<Share.Key, Want.OfShare>();
        for (var want : wants) {
            var limit = enforced(want.limit(), true, limits);
            if (limit != null) {
                keys.put(new Share.Key(want.limit(), limit.metric()), want);
            }
        }
        if (keys.isEmpty() || !missing.isEmpty()) {
            return;
        }
        var locked = new HashMap<Share.Key, Share>();
        store.lockShares(keys.keySet()).forEach(share -> locked.put(share.key(), share));
        keys.forEach((key, want) -> {
            var limit = limits.get(key.limit().name());
            var share = locked.get(key);
            if (limit != null && share == null) {
                missing.shares().put(key, limit);
            } else if (limit != null && share != null) {
                share.follow(limit, now);
                put(want, share);
            }
        });
    }

    @Nullable Pot find(Want.Subject subject) {
        return found.get(subject);
    }

    /** When a window that can't be had yet begins; null if that is not what is in the way. */
    @Nullable Long beginsAt(Want.Subject subject) {
        return early.get(subject);
    }

    Set<Pot> all() {
        return all;
    }

    Missing missing() {
        return missing;
    }
}
