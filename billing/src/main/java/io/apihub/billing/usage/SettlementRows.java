package io.apihub.billing.usage;

import io.apihub.billing.account.Account;
import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Money;
import io.apihub.billing.budget.Pot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;

/** The rows that a batch settles: locked, changed in memory, written at the end. */
final class SettlementRows {

    private final Map<Long, Lease> before;
    private final Map<Long, Lease> leases;
    private final Map<Pot.Id, Budget> budgets = new LinkedHashMap<>();
    private final Map<UUID, Money> accounts = new TreeMap<>();

    /** Made when something is looked for; each key of a tenant may have its own counter. */
    private final Map<ShadowCounts.Counter, List<Budget>> byCounter = new HashMap<>();

    SettlementRows(
            Map<Long, Lease> leases, Collection<Budget> budgets, Map<UUID, Account> accounts) {
        this.before = leases;
        this.leases = new HashMap<>(leases);
        budgets.forEach(budget -> this.budgets.put(budget.id(), budget));
        accounts.forEach((tenant, account) -> this.accounts.put(tenant, new Money(account)));
    }

    /**
     * Which rows.
     *
     * @param leases that holds were taken from
     * @param observed budgets that counted in Shadow what is corrected now
     * @param shadows budgets that count in Shadow
     * @param tenants whose accounts pay
     */
    record Wanted(
            Collection<Long> leases,
            Collection<Long> observed,
            Collection<CreditStore.BudgetsOf> shadows,
            Collection<UUID> tenants) {

        private List<Budget> budgets(CreditStore store) {
            return leases.isEmpty() && observed.isEmpty() && shadows.isEmpty()
                    ? List.of()
                    : store.lockBudgetsOfLeases(leases, observed, shadows);
        }

        private Map<UUID, Account> accounts(CreditStore store) {
            return tenants.isEmpty() ? Map.of() : store.lockAccounts(tenants);
        }
    }

    /** Locks in the order of locks: budgets, leases, accounts. */
    static SettlementRows lock(CreditStore store, Wanted wanted) {
        var budgets = wanted.budgets(store);
        var leases = store.lockLeases(wanted.leases());
        return new SettlementRows(leases, budgets, wanted.accounts(store));
    }

    @Nullable Lease lease(long number) {
        return leases.get(number);
    }

    /**
     * The budget that a lease is of; null if it is of something else.
     *
     * @throws CannotAcquireLockException if its row was not locked: rather again than not counted
     */
    @Nullable Budget budget(Lease lease) {
        var budget = budgets.get(lease.pot());
        if (budget == null && lease.pot().kind() == Pot.Kind.BUDGET) {
            throw new CannotAcquireLockException("not locked with its leases: " + lease.pot());
        }
        return budget;
    }

    /** A budget that was locked by its number; empty if it is gone. */
    Optional<Budget> budget(long number) {
        return Optional.ofNullable(budgets.get(new Pot.Id(Pot.Kind.BUDGET, number)));
    }

    Optional<Budget> budgetOf(@Nullable Lease lease) {
        return lease == null ? Optional.empty() : Optional.ofNullable(budget(lease));
    }

    /** The budget in whose window an instant is: windows of one counter do not overlap. */
    Optional<Budget> find(ShadowCounts.Counter counter, long millis) {
        if (byCounter.isEmpty()) {
            budgets.values()
                    .forEach(budget ->
                            byCounter
                                    .computeIfAbsent(
                                            ShadowCounts.Counter.of(budget.key()),
                                            _ -> new ArrayList<>())
                                    .add(budget));
        }
        return byCounter.getOrDefault(counter, List.of()).stream()
                .filter(budget -> budget.key().span().contains(millis))
                .findFirst();
    }

    /**
     * A tenant's account.
     *
     * @throws BadRecord if nobody knows the tenant
     */
    Money account(UUID tenant) {
        var account = accounts.get(tenant);
        if (account == null) {
            throw new BadRecord("unknown tenant " + tenant);
        }
        return account;
    }

    /** Spends from a lease of money; how much of it was still there. */
    long spend(Lease lease, Money money, long wanted) {
        long paid = Math.min(wanted, lease.open());
        leases.put(lease.number(), lease.spend(paid));
        money.release(paid);
        return paid;
    }

    /** Spends from a lease of a budget what is still there. */
    void spend(Lease lease, Budget budget, long wanted) {
        long paid = Math.min(wanted, lease.open());
        leases.put(lease.number(), lease.spend(paid));
        budget.spend(paid);
    }

    /** Writes what changed. */
    void save(CreditStore store, long nowMillis) {
        budgets.values().forEach(budget -> budget.review(false, nowMillis));
        var pots = new ArrayList<Pot>(budgets.values());
        pots.addAll(accounts.values());
        store.save(
                pots,
                leases.values().stream()
                        .filter(lease -> !lease.equals(before.get(lease.number())))
                        .toList());
    }
}
