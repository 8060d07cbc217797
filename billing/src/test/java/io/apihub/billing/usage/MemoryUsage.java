package io.apihub.billing.usage;

import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.budget.MemoryCreditStore;
import io.apihub.billing.ledger.Book;
import io.apihub.billing.ledger.Posted;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Usage and ledger in memory, in the transactions of a {@link MemoryCreditStore}. */
public final class MemoryUsage implements UsageStore, Book {

    private final MemoryCreditStore store;
    private final Map<UUID, Row> rows = new LinkedHashMap<>();
    private final Map<UUID, List<Long>> observed = new LinkedHashMap<>();
    private final Map<String, Posting> postings = new LinkedHashMap<>();
    private final List<String> rejected = new ArrayList<>();

    public MemoryUsage(MemoryCreditStore store) {
        this.store = store;
    }

    /**
     * A row of usage.
     *
     * @param outcome in small letters
     * @param costMicros of which the hold covered all but the overage
     */
    public record Row(
            UUID tenantId,
            String outcome,
            TokenUsage tokens,
            long costMicros,
            long overageMicros,
            boolean corrected) {}

    /** All rows, by hold. */
    public Map<UUID, Row> rows() {
        return rows;
    }

    /** Why records were kept apart. */
    public List<String> rejected() {
        return rejected;
    }

    /** All transactions of the ledger, by reference. */
    public Map<String, Posting> postings() {
        return postings;
    }

    /** A copy of what is stored, for a fail-over. */
    public Runnable copy() {
        var keptRows = new LinkedHashMap<>(rows);
        var keptPostings = new LinkedHashMap<>(postings);
        var keptObserved = new LinkedHashMap<>(observed);
        return () -> {
            rows.clear();
            rows.putAll(keptRows);
            observed.clear();
            observed.putAll(keptObserved);
            postings.clear();
            postings.putAll(keptPostings);
        };
    }

    @Override
    public Set<UUID> insert(List<Booking> bookings, Map<UUID, UUID> postingIds) {
        var fresh = new HashSet<UUID>();
        for (var booking : bookings) {
            var hold = booking.hold().uuid();
            if (rows.putIfAbsent(hold, row(booking, false)) == null) {
                fresh.add(hold);
                store.onRollback(() -> rows.remove(hold));
            }
        }
        return fresh;
    }

    private static Row row(Booking booking, boolean corrected) {
        return new Row(
                booking.tenantId(),
                booking.row().outcome(),
                booking.row().tokens(),
                booking.cost().micros(),
                booking.overage().micros(),
                corrected);
    }

    @Override
    public Optional<Before> correct(Booking booking) {
        var hold = booking.hold().uuid();
        var before = rows.get(hold);
        if (before == null || before.corrected() || before.outcome().equals("measured")) {
            return Optional.empty();
        }
        rows.put(hold, row(booking, true));
        store.onRollback(() -> rows.put(hold, before));
        return Optional.of(
                new Before(
                        before.outcome(),
                        before.tokens(),
                        new Credits(before.costMicros()),
                        observed.getOrDefault(hold, List.of())));
    }

    @Override
    public void observed(Map<Booking, List<Long>> budgets) {
        budgets.forEach((booking, in) -> {
            var hold = booking.hold().uuid();
            observed.put(hold, in);
            store.onRollback(() -> observed.remove(hold));
        });
    }

    @Override
    public void reject(RejectedUsage bad) {
        rejected.add(bad.reason());
    }

    @Override
    public List<Posted> post(List<Posting> all) {
        var posted = new ArrayList<Posted>();
        for (var posting : all) {
            boolean fresh = postings.putIfAbsent(posting.reference(), posting) == null;
            if (fresh) {
                store.onRollback(() -> postings.remove(posting.reference()));
                posting.entries()
                        .forEach(entry ->
                                store.post(
                                        entry.accountId(),
                                        entry.amount().micros(),
                                        isOwed(posting.kind())));
            }
            posted.add(new Posted(postings.size(), posting.reference(), fresh));
        }
        return posted;
    }

    @Override
    public Map<String, Credits> moved(long account, Collection<String> references) {
        var moved = new LinkedHashMap<String, Credits>();
        for (var reference : references) {
            var posting = postings.get(reference);
            if (posting != null) {
                posting.entries().stream()
                        .filter(entry -> entry.accountId() == account)
                        .forEach(entry -> moved.put(reference, entry.amount()));
            }
        }
        return moved;
    }

    private static boolean isOwed(TransactionKind kind) {
        return kind == TransactionKind.OVERAGE || kind == TransactionKind.CORRECTION;
    }

    /** Below zero, so that none is a tenant's. */
    @Override
    public long number(PlatformAccount account) {
        return -1L - List.of(PlatformAccount.values()).indexOf(account);
    }
}
