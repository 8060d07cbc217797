package io.apihub.billing.budget;

import io.apihub.billing.account.Account;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The rows in memory, for one thread: the model that the real statements are compared with, and the
 * store of simulations. It checks on every write what the database's constraints check.
 */
public class MemoryCreditStore implements CreditStore {

    private final LongSupplier millis;
    private final MemoryRows rows = new MemoryRows();
    private final MemoryLimits limits = new MemoryLimits();
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private boolean inTransaction;
    private boolean away;
    private long timeline = 1;

    /** With a clock in milliseconds since 1970. */
    public MemoryCreditStore(LongSupplier millis) {
        this.millis = millis;
    }

    /** Opens an account, or gives a tenant more; never within a transaction. */
    public void credit(UUID tenant, long micros, long creditLimit) {
        var account = rows.account(tenant);
        rows.put(account.withBalance(account.balance() + micros).withLimit(creditLimit));
        limits.changed(new LimitHome(tenant, "", ""));
    }

    /** Makes or changes a limit. */
    public void limit(LimitName name, Limit limit) {
        limits.put(name, limit);
    }

    public void removeLimit(LimitName name) {
        limits.remove(name);
    }

    /** Whether nothing can be reached. */
    public void away(boolean now) {
        away = now;
    }

    /** A copy of all rows, to be put back by {@link #failOver}. */
    public MemoryRows copy() {
        return rows.copy();
    }

    /** Another instance takes over, which has only what was copied. */
    public void failOver(MemoryRows survived) {
        rows.replaceBy(survived);
        timeline++;
    }

    public MemoryRows rows() {
        return rows;
    }

    /** Notes how something is taken back if the transaction fails. */
    public void onRollback(Runnable action) {
        undo.push(action);
    }

    @Override
    public <T> T inTransaction(Supplier<T> work) {
        if (away) {
            throw new IllegalStateException("the store is away");
        }
        if (inTransaction) {
            throw new IllegalStateException("a transaction within another");
        }
        inTransaction = true;
        try {
            return work.get();
        } catch (RuntimeException e) {
            while (!undo.isEmpty()) {
                undo.pop().run();
            }
            throw e;
        } finally {
            undo.clear();
            inTransaction = false;
        }
    }

    @Override
    public Reading reading() {
        requireHere();
        return new Reading(millis.getAsLong(), timeline, "memory");
    }

    private void requireHere() {
        if (away) {
            throw new IllegalStateException("the store is away");
        }
    }

    @Override
    public void hello(UUID incarnation, String gateway) {
        requireHere();
        rows.hello(incarnation, gateway, millis.getAsLong());
    }

    @Override
    public void park(UUID incarnation, String gateway) {
        requireHere();
        rows.park(incarnation, gateway, millis.getAsLong());
    }

    @Override
    public boolean seen(UUID incarnation) {
        requireHere();
        return rows.seen(incarnation, millis.getAsLong());
    }

    @Override
    public int parkSilent(Duration silence) {
        requireHere();
        return rows.parkSilent(millis.getAsLong() - silence.toMillis(), millis.getAsLong());
    }

    @Override
    public void close(UUID incarnation) {
        requireHere();
        rows.close(incarnation);
    }

    @Override
    public Roll lockIncarnations(Collection<UUID> wanted) {
        var open = new TreeSet<UUID>();
        wanted.stream().filter(rows::isOpen).forEach(open::add);
        return new Roll(millis.getAsLong(), rows.active(), open);
    }

    @Override
    public Map<LimitName, Limit> limits(Collection<LimitName> names) {
        return limits.of(names);
    }

    @Override
    public List<Budget> lockBudgets(Collection<BudgetsOf> wanted) {
        var locked = new ArrayList<Budget>();
        for (var row : rows.budgets().values()) {
            if (row.isAnyOf(wanted)) {
                locked.add(row.locked());
            }
        }
        return locked;
    }

    @Override
    public List<Budget> lockBudgetsOfLeases(
            Collection<Long> leases, Collection<Long> wanted, Collection<BudgetsOf> others) {
        var found = new TreeMap<Long, Budget>();
        lockBudgets(others).forEach(budget -> found.put(budget.number(), budget));
        var numbers = numbers(leases, Pot.Kind.BUDGET);
        wanted.stream().filter(rows.budgets()::containsKey).forEach(numbers::add);
        for (var number : numbers) {
            found.put(number, Objects.requireNonNull(rows.budgets().get(number)).locked());
        }
        return List.copyOf(found.values());
    }

    private Set<Long> numbers(Collection<Long> leases, Pot.Kind kind) {
        var numbers = new TreeSet<Long>();
        for (var number : leases) {
            var lease = rows.leases().get(number);
            if (lease != null && lease.pot().kind() == kind) {
                numbers.add(lease.pot().number());
            }
        }
        return numbers;
    }

    /** A revision is a number of changes made. */
    @Override
    public Changes changes(long since) {
        requireHere();
        return limits.changes(since);
    }

    @Override
    public List<Budget> lockBudgetsOf(LimitHome home) {
        return rows.budgets().values().stream()
                .filter(row -> LimitHome.of(row.key().limit().name()).equals(home))
                .filter(row -> row.key().span().endMillis() > millis.getAsLong())
                .map(MemoryRows.BudgetRow::locked)
                .toList();
    }

    @Override
    public List<Share> lockSharesOf(LimitHome home) {
        return rows.shares().values().stream()
                .filter(row -> LimitHome.of(row.key().limit().name()).equals(home))
                .map(MemoryRows.ShareRow::locked)
                .toList();
    }

    @Override
    public List<Long> expiredShares(Duration rates, Duration slots) {
        requireHere();
        return rows.expiredShares(
                millis.getAsLong() - rates.toMillis(), millis.getAsLong() - slots.toMillis());
    }

    @Override
    public List<UUID> parkedFor(Duration duration) {
        requireHere();
        return rows.parkedBefore(millis.getAsLong() - duration.toMillis());
    }

    @Override
    public void giveUp(UUID incarnation, int leases, long openMicros) {
        rows.givenUp().putIfAbsent(incarnation, openMicros);
    }

    /** Nobody is told anything here. */
    @Override
    public int resetEnded() {
        return 0;
    }

    @Override
    public List<Share> lockShares(Collection<Share.Key> keys) {
        var locked = new ArrayList<Share>();
        for (var row : rows.shares().values()) {
            if (keys.contains(row.key())) {
                locked.add(row.locked());
            }
        }
        return locked;
    }

    @Override
    public List<Share> lockSharesOfLeases(Collection<Long> leases) {
        return numbers(leases, Pot.Kind.SHARE).stream()
                .map(number -> Objects.requireNonNull(rows.shares().get(number)).locked())
                .toList();
    }

    @Override
    public Map<UUID, Account> lockAccounts(Collection<UUID> tenants) {
        var accounts = new LinkedHashMap<UUID, Account>();
        for (var row : rows.accounts().values()) {
            if (tenants.contains(row.tenantId())) {
                accounts.put(row.tenantId(), row.locked());
            }
        }
        return accounts;
    }

    @Override
    public List<Account> lockAccountsById(Collection<Long> numbers) {
        var locked = new ArrayList<Account>();
        for (var row : rows.accounts().values()) {
            if (numbers.contains(row.number())) {
                locked.add(row.locked());
            }
        }
        return locked;
    }

    @Override
    public void create(Map<Budget.Key, Limit> budgets, Map<Share.Key, Limit> shares) {
        requireHere();
        if (inTransaction) {
            throw new IllegalStateException("rows are made outside transactions");
        }
        budgets.forEach(rows::create);
        shares.forEach(rows::create);
    }

    @Override
    public Map<Lease.Request, List<Answer.Part>> granted(Collection<Lease.Request> requests) {
        return rows.granted(requests);
    }

    @Override
    public List<Long> insert(List<Lease> leases) {
        var numbers = new ArrayList<Long>();
        for (var lease : leases) {
            long number = rows.insert(lease, millis.getAsLong());
            numbers.add(number);
            onRollback(() -> rows.leases().remove(number));
        }
        return numbers;
    }

    @Override
    public Map<Long, Lease> lockLeases(Collection<Long> numbers) {
        var found = new TreeMap<Long, Lease>();
        for (var number : numbers) {
            var lease = rows.leases().get(number);
            if (lease != null) {
                found.put(number, lease);
            }
        }
        return found;
    }

    @Override
    public List<Long> openLeases(UUID incarnation, int most) {
        var open = new ArrayList<Long>();
        for (var lease : rows.leases().values()) {
            if (!lease.closed()
                    && lease.request().incarnation().equals(incarnation)
                    && open.size() < most) {
                open.add(lease.number());
            }
        }
        return open;
    }

    @Override
    public List<Held> held(Collection<Pot.Id> pots) {
        long parkedSince = millis.getAsLong() - MAY_COME_BACK.toMillis();
        var held = new ArrayList<Held>();
        for (var lease : rows.leases().values()) {
            if (!lease.closed() && lease.open() > 0 && pots.contains(lease.pot())) {
                var incarnation = lease.request().incarnation();
                if (rows.mayComeBack(incarnation, parkedSince)) {
                    held.add(new Held(lease.pot(), incarnation, lease.number(), lease.open()));
                }
            }
        }
        return held;
    }

    @Override
    public void recall(Collection<Long> leases) {
        requireHere();
        rows.recalled().addAll(leases);
    }

    @Override
    public Set<Long> recalled(UUID incarnation) {
        var found = new TreeSet<>(rows.recalled());
        found.retainAll(openLeases(incarnation, Integer.MAX_VALUE));
        return found;
    }

    @Override
    public void save(Collection<? extends Pot> pots, Collection<Lease> leases) {
        for (var pot : pots) {
            switch (pot) {
                case Budget budget -> {
                    var before = Objects.requireNonNull(rows.budgets().get(budget.number()));
                    rows.budgets().put(budget.number(), before.written(budget));
                    onRollback(() -> rows.budgets().put(budget.number(), before));
                }
                case Share share -> {
                    var before = Objects.requireNonNull(rows.shares().get(share.number()));
                    rows.shares().put(share.number(), before.written(share));
                    onRollback(() -> rows.shares().put(share.number(), before));
                }
                case Money money -> {
                    var before = rows.account(money.account().tenantId());
                    put(before, before.withLeased(money.leased()));
                }
            }
        }
        for (var lease : leases) {
            var before = Objects.requireNonNull(rows.leases().put(lease.number(), lease));
            onRollback(() -> rows.leases().put(lease.number(), before));
        }
    }

    /** Moves a balance, as the ledger does; in a transaction. */
    public void post(long account, long micros, boolean owed) {
        for (var row : rows.accounts().values()) {
            if (row.number() == account) {
                var raised = owed && micros < 0 ? row.withFloor(row.floor() - micros) : row;
                put(row, raised.withBalance(row.balance() + micros));
                return;
            }
        }
    }

    private void put(MemoryRows.AccountRow before, MemoryRows.AccountRow after) {
        rows.put(after);
        onRollback(() -> rows.put(before));
    }
}
