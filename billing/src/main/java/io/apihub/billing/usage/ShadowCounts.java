package io.apihub.billing.usage;

import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.Metric;
import io.apihub.billing.budget.ShadowLimit;
import io.apihub.billing.budget.ShadowLimits;
import io.apihub.billing.budget.Span;
import io.apihub.billing.budget.Window;
import io.apihub.billing.budget.Windows;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.dao.ConcurrencyFailureException;

/**
 * Counts settled requests against limits in Shadow, and what Enforce would have refused of them.
 */
final class ShadowCounts {

    /** Names and windows remembered; more only cost a statement each. */
    private static final int REMEMBERED = 100_000;

    private final ShadowLimits limits;
    private final CreditStore store;
    private final Function<Collection<UUID>, Map<UUID, String>> keyNames;
    private final Map<UUID, String> names = new ConcurrentHashMap<>();
    private final Map<Counter, List<Span>> begun = new ConcurrentHashMap<>();

    ShadowCounts(
            ShadowLimits limits,
            CreditStore store,
            Function<Collection<UUID>, Map<UUID, String>> keyNames) {
        this.limits = limits;
        this.store = store;
        this.keyNames = keyNames;
    }

    /** What has one row for each window. */
    record Counter(LimitKey limit, Metric metric, Window window) {

        static Counter of(Budget.Key key) {
            return new Counter(key.limit(), key.metric(), key.window());
        }

        CreditStore.BudgetsOf rowsSince(long millis) {
            return new CreditStore.BudgetsOf(limit, metric, window, millis);
        }
    }

    /** One limit that one request counts against. */
    record Want(Counter counter, Limit limit, long atMillis) {

        /** Also the windows of another zone that reach into the one of now. */
        private CreditStore.BudgetsOf rowsAround() {
            return counter.rowsSince(limit.window().around(atMillis, limit.zone()).startMillis());
        }
    }

    /**
     * The row of a window that was begun is not there: the database forgot it in a fail-over, or
     * keeps none that old. Counted again, it is made again.
     */
    static final class WindowGone extends ConcurrencyFailureException {

        private static final long serialVersionUID = 1L;

        WindowGone(Counter counter) {
            super("no row for " + counter);
        }
    }

    /** What a batch counts against; makes the rows for it, so call it outside a transaction. */
    Map<Booking, List<Want>> prepare(List<Booking> bookings) {
        var wants = new HashMap<Booking, List<Want>>();
        var missing = new ArrayList<Want>();
        for (var booking : bookings) {
            var applying = limits.of(booking.tenantId(), booking.keyUid(), booking.model());
            for (var shadow : applying) {
                var want = want(booking, shadow);
                wants.computeIfAbsent(booking, one -> new ArrayList<>()).add(want);
                if (!isBegun(want)) {
                    missing.add(want);
                }
            }
        }
        if (!missing.isEmpty()) {
            begin(missing);
        }
        return wants;
    }

    /** The rows that are counted in, each counter's once. */
    static Set<CreditStore.BudgetsOf> rows(Stream<Want> wants) {
        var first = new HashMap<Counter, Long>();
        wants.forEach(want -> first.merge(want.counter(), want.atMillis(), Math::min));
        return first.entrySet().stream()
                .map(each -> each.getKey().rowsSince(each.getValue()))
                .collect(Collectors.toSet());
    }

    private Want want(Booking booking, ShadowLimit shadow) {
        var limit = shadow.limit();
        var subject = limit.perKey() ? name(booking.keyUid()) : "";
        return new Want(
                new Counter(new LimitKey(shadow.name(), subject), limit.metric(), limit.window()),
                limit,
                booking.hold().instant().toEpochMilli());
    }

    private boolean isBegun(Want want) {
        for (var span : begun.getOrDefault(want.counter(), List.of())) {
            if (span.contains(want.atMillis())) {
                return true;
            }
        }
        return false;
    }

    /** Begins windows as Enforce would: one that runs goes on to its end, whatever the zone. */
    private void begin(List<Want> missing) {
        var rows = missing.stream().map(Want::rowsAround).collect(Collectors.toSet());
        var spans = new HashMap<Counter, List<Span>>();
        for (var row : store.inTransaction(() -> store.lockBudgets(rows))) {
            var key = row.key();
            spans.computeIfAbsent(Counter.of(key), counter -> new ArrayList<>()).add(key.span());
        }
        var made = new LinkedHashMap<Budget.Key, Limit>();
        for (var want : missing) {
            var counter = want.counter();
            var known = spans.computeIfAbsent(counter, one -> new ArrayList<>());
            var span = Windows.running(want.limit(), known, want.atMillis());
            if (!known.contains(span)) {
                known.add(span);
                made.put(
                        new Budget.Key(counter.limit(), counter.metric(), counter.window(), span),
                        want.limit());
            }
        }
        if (!made.isEmpty()) {
            store.create(made, Map.of());
        }
        if (begun.size() > REMEMBERED) {
            begun.clear();
        }
        spans.forEach((counter, known) -> begun.put(counter, List.copyOf(known)));
    }

    private String name(UUID key) {
        if (names.size() > REMEMBERED) {
            names.clear();
        }
        return names.computeIfAbsent(
                key, uid -> keyNames.apply(List.of(uid)).getOrDefault(uid, uid.toString()));
    }

    /**
     * Counts one request, unless it had taken a lease of the same limit.
     *
     * @return the numbers of the budgets that counted it
     * @throws WindowGone if a row is not there; prepare the batch again
     */
    List<Long> count(Booking booking, List<Want> wants, SettlementRows rows) {
        var taken = new HashSet<LimitKey>();
        booking.taken()
                .forEach(take ->
                        rows.budgetOf(rows.lease(take.leaseId()))
                                .ifPresent(budget -> taken.add(budget.key().limit())));
        var counted = new ArrayList<Long>(wants.size());
        for (var want : wants) {
            if (!taken.contains(want.counter().limit())) {
                var budget = rowOf(want, rows);
                observe(budget, booking, want.limit());
                counted.add(budget.number());
            }
        }
        return counted;
    }

    /**
     * Counts the difference that a true record makes to an estimate, where that was counted. What
     * was refused of it was decided by its hold, and stays.
     *
     * @param before what was counted
     * @param budgets the numbers of those that counted it; one that is forgotten is over
     */
    static void correct(
            Booking booking, Measures before, Collection<Long> budgets, SettlementRows rows) {
        for (long number : budgets) {
            rows.budget(number)
                    .ifPresent(budget -> {
                        var metric = budget.key().metric();
                        budget.observeAgain(booking.counted().of(metric) - before.of(metric));
                    });
        }
    }

    private Budget rowOf(Want want, SettlementRows rows) {
        return rows.find(want.counter(), want.atMillis())
                .orElseThrow(() -> {
                    begun.remove(want.counter());
                    return new WindowGone(want.counter());
                });
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
