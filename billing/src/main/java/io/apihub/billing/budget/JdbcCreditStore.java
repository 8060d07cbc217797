package io.apihub.billing.budget;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.database.DatabaseState;
import io.apihub.billing.database.JointUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rows in Postgres: one batched statement for each kind of row that is read, one for all that
 * are written.
 */
@Component
class JdbcCreditStore implements CreditStore {

    /** So many changed objects are looked at a time. */
    private static final int CHANGES = 1_000;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final DatabaseState database;
    private final Accounts accounts;
    private final IncarnationRows incarnations;
    private final BudgetRows budgets;
    private final ShareRows shares;
    private final LeaseRows leases;
    private final LimitRows limits;
    private final LimitStates states;

    JdbcCreditStore(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            DatabaseState database,
            Accounts accounts) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.database = database;
        this.accounts = accounts;
        this.incarnations = new IncarnationRows(jdbc);
        this.budgets = new BudgetRows(jdbc);
        this.shares = new ShareRows(jdbc);
        this.leases = new LeaseRows(jdbc);
        this.limits = new LimitRows(jdbc);
        this.states = new LimitStates(jdbc);
    }

    @Override
    public <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transactions.execute(status -> work.get()));
    }

    @Override
    public Reading reading() {
        var state = database.read();
        return new Reading(state.timeMillis(), state.timeline(), state.systemIdentifier());
    }

    @Override
    public void hello(UUID incarnation, String gateway) {
        incarnations.hello(incarnation, gateway);
    }

    @Override
    public void park(UUID incarnation, String gateway) {
        incarnations.park(incarnation, gateway);
    }

    @Override
    public boolean seen(UUID incarnation) {
        return incarnations.seen(incarnation);
    }

    @Override
    public int parkSilent(Duration silence) {
        return incarnations.parkSilent(silence);
    }

    @Override
    public void close(UUID incarnation) {
        incarnations.close(incarnation);
    }

    @Override
    public Roll lockIncarnations(Collection<UUID> wanted) {
        return incarnations.lock(wanted);
    }

    @Override
    public Map<LimitName, Limit> limits(Collection<LimitName> names) {
        return limits.find(names);
    }

    @Override
    public List<Budget> lockBudgets(Collection<BudgetsOf> wanted) {
        return budgets.lock(wanted);
    }

    @Override
    public List<Budget> lockBudgetsOfLeases(
            Collection<Long> ofLeases, Collection<Long> numbers, Collection<BudgetsOf> others) {
        return budgets.lockOfLeases(ofLeases, numbers, others);
    }

    @Override
    public Changes changes(long sinceRevision) {
        return limits.changes(sinceRevision, CHANGES);
    }

    @Override
    public List<Budget> lockBudgetsOf(LimitHome home) {
        return budgets.lockOf(home, database.read().timeMillis());
    }

    @Override
    public List<Share> lockSharesOf(LimitHome home) {
        return shares.lockOf(home);
    }

    @Override
    public List<Long> expiredShares(Duration rates, Duration slots) {
        return leases.expiredShares(rates, slots);
    }

    @Override
    public List<UUID> parkedFor(Duration duration) {
        return incarnations.parkedFor(duration);
    }

    @Override
    public void giveUp(UUID incarnation, int given, long openMicros) {
        incarnations.giveUp(incarnation, given, openMicros);
    }

    @Override
    public int resetEnded() {
        return states.resetEnded();
    }

    @Override
    public List<Share> lockShares(Collection<Share.Key> keys) {
        return shares.lock(keys);
    }

    @Override
    public List<Share> lockSharesOfLeases(Collection<Long> numbers) {
        return shares.lockOfLeases(numbers);
    }

    @Override
    public Map<UUID, Account> lockAccounts(Collection<UUID> tenants) {
        return accounts.lock(tenants);
    }

    @Override
    public List<Account> lockAccountsById(Collection<Long> numbers) {
        return accounts.lockIds(numbers);
    }

    @Override
    public void create(Map<Budget.Key, Limit> newBudgets, Map<Share.Key, Limit> newShares) {
        transactions.executeWithoutResult(status -> {
            if (!newBudgets.isEmpty()) {
                budgets.create(newBudgets);
            }
            if (!newShares.isEmpty()) {
                shares.create(newShares);
            }
        });
    }

    @Override
    public Map<Lease.Request, List<Answer.Part>> granted(Collection<Lease.Request> requests) {
        return leases.granted(requests);
    }

    @Override
    public List<Long> insert(List<Lease> fresh) {
        return fresh.isEmpty() ? List.of() : leases.insert(fresh);
    }

    @Override
    public Map<Long, Lease> lockLeases(Collection<Long> numbers) {
        return numbers.isEmpty() ? Map.of() : leases.lock(numbers);
    }

    @Override
    public List<Long> openLeases(UUID incarnation, int most) {
        return leases.openOf(incarnation, most);
    }

    @Override
    public List<Held> held(Collection<Pot.Id> pots) {
        return leases.held(pots);
    }

    @Override
    public void recall(Collection<Long> numbers) {
        leases.recall(numbers);
    }

    @Override
    public Set<Long> recalled(UUID incarnation) {
        return leases.recalledOf(incarnation);
    }

    @Override
    public void save(Collection<? extends Pot> pots, Collection<Lease> changed) {
        var changedBudgets = new ArrayList<Budget>();
        var changedShares = new ArrayList<Share>();
        var leased = new HashMap<Long, Long>();
        for (var pot : pots) {
            switch (pot) {
                case Budget budget when budget.isChanged() -> changedBudgets.add(budget);
                case Share share when share.isChanged() -> changedShares.add(share);
                case Money money when money.isChanged() ->
                        leased.put(
                                money.account().id(),
                                money.leased() - money.account().leased().micros());
                case Budget budget -> {}
                case Share share -> {}
                case Money money -> {}
            }
        }
        var update = new JointUpdate();
        if (!changedBudgets.isEmpty()) {
            budgets.save(changedBudgets, update);
        }
        if (!changed.isEmpty()) {
            leases.save(changed, update);
        }
        if (!changedShares.isEmpty()) {
            shares.save(changedShares, update);
        }
        accounts.changeLeased(leased, update);
        update.run(jdbc);
        var told = changedBudgets.stream().filter(Budget::isAlarmChanged).toList();
        if (!told.isEmpty()) {
            states.tell(told);
        }
    }
}
