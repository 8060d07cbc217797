package io.apihub.billing.budget;

import io.apihub.billing.account.Account;
import io.apihub.model.money.Credits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** The rows of a {@link MemoryCreditStore}, with what the database's constraints demand of them. */
public final class MemoryRows {

    private final Map<UUID, IncarnationRow> incarnations = new TreeMap<>();
    private final Map<Long, BudgetRow> budgets = new TreeMap<>();
    private final Map<Long, ShareRow> shares = new TreeMap<>();
    private final Map<Long, Lease> leases = new TreeMap<>();
    private final Map<UUID, AccountRow> accounts = new TreeMap<>();
    private final Set<Long> recalled = new TreeSet<>();
    private final Map<Long, Long> madeAt = new TreeMap<>();
    private final Map<UUID, Long> givenUp = new TreeMap<>();
    private long next = 1;

    /** A life of a gateway: ACTIVE, PARKED or CLOSED. */
    public record IncarnationRow(String gateway, String state, long seenMillis, long parkedMillis) {

        IncarnationRow(String gateway, String state, long seenMillis) {
            this(gateway, state, seenMillis, 0);
        }

        boolean isActive() {
            return state.equals("ACTIVE");
        }

        boolean isClosed() {
            return state.equals("CLOSED");
        }

        IncarnationRow parked(long now) {
            return new IncarnationRow(
                    gateway, "PARKED", seenMillis, state.equals("PARKED") ? parkedMillis : now);
        }
    }

    /** A budget with its ceiling. */
    public record BudgetRow(
            long number, Budget.Key key, Budget.Counts counts, Budget.Alarm alarm, long ceiling) {

        public BudgetRow {
            if (counts.spent() < 0
                    || counts.leased() < 0
                    || counts.spent() + counts.leased() > ceiling) {
                throw new IllegalStateException("budget_covered: " + counts + " of " + ceiling);
            }
        }

        boolean isAnyOf(Collection<CreditStore.BudgetsOf> wanted) {
            for (var of : wanted) {
                if (of.metric() == key.metric()
                        && of.window() == key.window()
                        && key.span().endMillis() > of.endsAfterMillis()
                        && of.limit().equals(key.limit())) {
                    return true;
                }
            }
            return false;
        }

        Budget locked() {
            return new Budget(number, key, counts, alarm);
        }

        BudgetRow written(Budget budget) {
            var now = budget.counts();
            return new BudgetRow(
                    number,
                    key,
                    now,
                    budget.alarm(),
                    Math.max(now.amount(), Math.min(ceiling, now.spent() + now.leased())));
        }
    }

    /** A share with its ceiling. */
    public record ShareRow(long number, Share.Key key, Share.Counts counts, long ceiling) {

        public ShareRow {
            if (counts.leased() < 0 || counts.leased() > ceiling || counts.level() < 0) {
                throw new IllegalStateException("share_covered: " + counts + " of " + ceiling);
            }
        }

        Share locked() {
            return new Share(number, key, counts);
        }

        ShareRow written(Share share) {
            var now = share.counts();
            return new ShareRow(
                    number, key, now, Math.max(now.amount(), Math.min(ceiling, now.leased())));
        }
    }

    /**
     * A tenant's account.
     *
     * @param floor what the balance may be below zero: the limit, or what was committed before
     */
    public record AccountRow(
            long number, UUID tenantId, long balance, long leased, long limit, long floor) {

        AccountRow withBalance(long now) {
            return bounded(now, leased, limit, floor);
        }

        AccountRow withLeased(long now) {
            return bounded(balance, now, limit, floor);
        }

        AccountRow withLimit(long now) {
            return bounded(balance, leased, now, floor);
        }

        AccountRow withFloor(long now) {
            return new AccountRow(number, tenantId, balance, leased, limit, now);
        }

        private AccountRow bounded(long newBalance, long newLeased, long newLimit, long before) {
            long bound = Math.max(newLimit, Math.min(before, newLeased - newBalance));
            if (newLeased < 0 || newBalance + bound - newLeased < 0) {
                throw new IllegalStateException(
                        "account_covered: " + newBalance + " + " + bound + " - " + newLeased);
            }
            return new AccountRow(number, tenantId, newBalance, newLeased, newLimit, bound);
        }

        Account locked() {
            return new Account(
                    number,
                    tenantId,
                    new Credits(balance),
                    new Credits(leased),
                    new Credits(limit));
        }
    }

    public Map<UUID, IncarnationRow> incarnations() {
        return incarnations;
    }

    public Map<Long, BudgetRow> budgets() {
        return budgets;
    }

    public Map<Long, ShareRow> shares() {
        return shares;
    }

    public Map<Long, Lease> leases() {
        return leases;
    }

    public Map<UUID, AccountRow> accounts() {
        return accounts;
    }

    public Set<Long> recalled() {
        return recalled;
    }

    MemoryRows copy() {
        var copy = new MemoryRows();
        copy.replaceBy(this);
        return copy;
    }

    void replaceBy(MemoryRows other) {
        replace(incarnations, other.incarnations);
        replace(budgets, other.budgets);
        replace(shares, other.shares);
        replace(leases, other.leases);
        replace(accounts, other.accounts);
        replace(madeAt, other.madeAt);
        replace(givenUp, other.givenUp);
        recalled.clear();
        recalled.addAll(other.recalled);
        next = Math.max(next, other.next);
    }

    private static <K, V> void replace(Map<K, V> rows, Map<K, V> by) {
        var kept = new TreeMap<>(by);
        rows.clear();
        rows.putAll(kept);
    }

    AccountRow account(UUID tenant) {
        return accounts.computeIfAbsent(tenant, id -> new AccountRow(next++, id, 0, 0, 0, 0));
    }

    void put(AccountRow row) {
        accounts.put(row.tenantId(), row);
    }

    void create(Budget.Key key, Limit limit) {
        boolean exists = false;
        for (var row : budgets.values()) {
            exists |= sameStart(row.key(), key);
        }
        if (!exists) {
            long number = next++;
            budgets.put(
                    number,
                    new BudgetRow(
                            number,
                            key,
                            Budget.Counts.of(limit),
                            Budget.Alarm.NONE,
                            limit.amount()));
        }
    }

    private static boolean sameStart(Budget.Key one, Budget.Key other) {
        return one.limit().equals(other.limit())
                && one.metric() == other.metric()
                && one.window() == other.window()
                && one.span().startMillis() == other.span().startMillis();
    }

    void create(Share.Key key, Limit limit) {
        if (shares.values().stream().noneMatch(row -> row.key().equals(key))) {
            long number = next++;
            shares.put(number, new ShareRow(number, key, Share.Counts.of(limit), limit.amount()));
        }
    }

    long insert(Lease lease, long now) {
        long number = next++;
        madeAt.put(number, now);
        leases.put(
                number,
                new Lease(
                        number,
                        lease.request(),
                        lease.ordinal(),
                        lease.pot(),
                        lease.granted(),
                        lease.spent(),
                        lease.returned(),
                        lease.arrivalMillis(),
                        lease.closed()));
        return number;
    }

    Map<Lease.Request, List<Answer.Part>> granted(Collection<Lease.Request> requests) {
        var found = new HashMap<Lease.Request, List<Answer.Part>>();
        for (var lease : leases.values()) {
            if (requests.contains(lease.request())) {
                found.computeIfAbsent(lease.request(), request -> new ArrayList<>())
                        .add(part(lease));
            }
        }
        return found;
    }

    private Answer.Part part(Lease lease) {
        var budget = budgets.get(lease.pot().number());
        var share = shares.get(lease.pot().number());
        var span =
                lease.pot().kind() == Pot.Kind.BUDGET && budget != null
                        ? budget.key().span()
                        : new Span(0, Span.NEVER);
        boolean slots =
                lease.pot().kind() == Pot.Kind.SHARE && share != null && share.key().isSlots();
        return new Answer.Part(lease.number(), lease.granted(), span, slots, lease.arrivalMillis());
    }

    void hello(UUID incarnation, String gateway, long now) {
        incarnations.merge(
                incarnation,
                new IncarnationRow(gateway, "ACTIVE", now),
                (before, hello) ->
                        before.state().equals("CLOSED")
                                ? new IncarnationRow(gateway, "CLOSED", now)
                                : hello);
    }

    void park(UUID incarnation, String gateway, long now) {
        incarnations.merge(
                incarnation,
                new IncarnationRow(gateway, "PARKED", now, now),
                (before, parked) -> before.state().equals("CLOSED") ? before : before.parked(now));
    }

    boolean seen(UUID incarnation, long now) {
        var row = incarnations.get(incarnation);
        if (row == null || row.state().equals("CLOSED")) {
            return false;
        }
        incarnations.put(incarnation, new IncarnationRow(row.gateway(), "ACTIVE", now));
        return true;
    }

    int parkSilent(long before, long now) {
        int parked = 0;
        for (var entry : incarnations.entrySet()) {
            var row = entry.getValue();
            if (row.isActive() && row.seenMillis() < before) {
                entry.setValue(row.parked(now));
                parked++;
            }
        }
        return parked;
    }

    void close(UUID incarnation) {
        incarnations.computeIfPresent(
                incarnation,
                (id, row) -> new IncarnationRow(row.gateway(), "CLOSED", row.seenMillis()));
    }

    /** What was given up without a word of the gateway: micro-units by incarnation. */
    public Map<UUID, Long> givenUp() {
        return givenUp;
    }

    List<UUID> parkedBefore(long millis) {
        var found = new ArrayList<UUID>();
        incarnations.forEach((incarnation, row) -> {
            if (row.state().equals("PARKED") && row.parkedMillis() < millis) {
                found.add(incarnation);
            }
        });
        return found;
    }

    List<Long> expiredShares(long ratesBefore, long slotsBefore) {
        var expired = new ArrayList<Long>();
        for (var lease : leases.values()) {
            if (lease.pot().kind() == Pot.Kind.SHARE && !lease.closed()) {
                var share = Objects.requireNonNull(shares.get(lease.pot().number()));
                long before = share.key().isSlots() ? slotsBefore : ratesBefore;
                if (isSilentSince(lease.request().incarnation(), Math.min(before, ratesBefore))
                        && madeAt.getOrDefault(lease.number(), 0L) < before) {
                    expired.add(lease.number());
                }
            }
        }
        return expired;
    }

    private boolean isSilentSince(UUID incarnation, long millis) {
        var life = incarnations.get(incarnation);
        return life != null && !life.isClosed() && life.seenMillis() < millis;
    }

    boolean isOpen(UUID incarnation) {
        var row = incarnations.get(incarnation);
        return row != null && !row.isClosed();
    }

    boolean isActive(UUID incarnation) {
        var row = incarnations.get(incarnation);
        return row != null && row.isActive();
    }

    /** Whether it is active, or was parked no earlier than that. */
    boolean mayComeBack(UUID incarnation, long parkedSince) {
        var row = incarnations.get(incarnation);
        return isActive(incarnation)
                || (row != null
                        && row.state().equals("PARKED")
                        && row.parkedMillis() >= parkedSince);
    }

    int active() {
        int active = 0;
        for (var row : incarnations.values()) {
            active += row.isActive() ? 1 : 0;
        }
        return active;
    }
}
