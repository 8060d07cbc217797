package io.apihub.billing.budget;

import io.apihub.billing.account.Account;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The rows that decide who may spend, and the clock that windows follow. Nothing is decided here.
 * What locks and writes belongs within {@link #inTransaction}; locks are taken in the order
 * incarnations, budgets, leases, shares, accounts, each by its number, and held to the end.
 */
public interface CreditStore {

    /** Runs work that is committed as a whole, or not at all if it throws. */
    <T> T inTransaction(Supplier<T> work);

    /** What the store says of itself. */
    Reading reading();

    /**
     * One reading.
     *
     * @param timeMillis the store's clock, milliseconds since 1970
     * @param timeline changes at a fail-over or a restore: acknowledged records must come again
     * @param database its id, so that another one is never mistaken for it
     */
    record Reading(long timeMillis, long timeline, String database) {}

    // ---- incarnations

    /** An incarnation says hello; a parked one is active again, a closed one stays closed. */
    void hello(UUID incarnation, String gateway);

    /** An incarnation that is no more: its leases stay counted. A closed one stays closed. */
    void park(UUID incarnation, String gateway);

    /**
     * Notes a sign of life; a parked incarnation is active again.
     *
     * @return false if it is closed or not known
     */
    boolean seen(UUID incarnation);

    /** Parks the active incarnations that were not heard of for a while; how many. */
    int parkSilent(Duration silence);

    /** Marks an incarnation as closed; its leases are another's business. */
    void close(UUID incarnation);

    /** Locks incarnations, so that none can be closed before the commit; others may do the same. */
    Roll lockIncarnations(Collection<UUID> incarnations);

    /**
     * Who may be granted something.
     *
     * @param nowMillis the store's clock
     * @param gateways how many incarnations are active
     * @param open of those asked for, the ones that are not closed
     */
    record Roll(long nowMillis, int gateways, Set<UUID> open) {}

    // ---- pots

    /** The limits of these names as the registry has them now; those that are gone are left out. */
    Map<LimitName, Limit> limits(Collection<LimitName> names);

    /**
     * Which budgets of a limit.
     *
     * @param endsAfterMillis only windows that end after this
     */
    record BudgetsOf(LimitKey limit, Metric metric, Window window, long endsAfterMillis) {}

    /** Locks budgets. */
    List<Budget> lockBudgets(Collection<BudgetsOf> wanted);

    /**
     * Locks the budgets that these leases are of, and others with them.
     *
     * @param numbers of budgets; those that are gone are left out
     */
    List<Budget> lockBudgetsOfLeases(
            Collection<Long> leases, Collection<Long> numbers, Collection<BudgetsOf> others);

    /**
     * What changed in the registry.
     *
     * @param revision up to which all changes are in
     * @param homes objects of which something is counted or leased
     * @param shadows quotas
     */
    record Changes(long revision, List<LimitHome> homes, List<ShadowLimits.Of> shadows) {}

    /** What changed after a revision, or the first of it: until the revision stays the same. */
    Changes changes(long sinceRevision);

    /** Locks the budgets of an object's limits whose windows have not ended. */
    List<Budget> lockBudgetsOf(LimitHome home);

    /** Locks the shares of an object's limits. */
    List<Share> lockSharesOf(LimitHome home);

    /** Locks shares. */
    List<Share> lockShares(Collection<Share.Key> keys);

    /** Locks the shares that these leases are of. */
    List<Share> lockSharesOfLeases(Collection<Long> leases);

    /** Locks accounts, opened where the registry knows the tenant, with its credit limit of now. */
    Map<UUID, Account> lockAccounts(Collection<UUID> tenants);

    /** Locks accounts by their numbers. */
    List<Account> lockAccountsById(Collection<Long> numbers);

    /** Makes the rows that are missing, in a transaction of its own: never call it within one. */
    void create(Map<Budget.Key, Limit> budgets, Map<Share.Key, Limit> shares);

    // ---- leases

    /** What repeated requests got before, in the order of their wants. */
    Map<Lease.Request, List<Answer.Part>> granted(Collection<Lease.Request> requests);

    /** Stores leases; their numbers in the order given. */
    List<Long> insert(List<Lease> leases);

    /** Locks leases; unknown ones are left out. */
    Map<Long, Lease> lockLeases(Collection<Long> numbers);

    /** The leases of an incarnation that are not closed, without a lock; at most so many. */
    List<Long> openLeases(UUID incarnation, int most);

    /**
     * So long after an incarnation was parked, most of what it has may come back at any moment:
     * with what its successor found in the journal, or with itself.
     */
    Duration MAY_COME_BACK = Duration.ofSeconds(30);

    /**
     * What incarnations have open of pots that are active, or were parked less than {@link
     * #MAY_COME_BACK} ago; without a lock.
     */
    List<Held> held(Collection<Pot.Id> pots);

    /** A lease that could be recalled. */
    record Held(Pot.Id pot, UUID incarnation, long lease, long open) {}

    /**
     * The leases of shares that may be taken from incarnations that vanished: nothing was heard of
     * them, nor granted to them, for so long.
     */
    List<Long> expiredShares(Duration rates, Duration slots);

    /** The incarnations that have been parked for so long. */
    List<UUID> parkedFor(Duration duration);

    /** Writes down what was given up without a word of its gateway; once for each incarnation. */
    void giveUp(UUID incarnation, int leases, long openMicros);

    /** Takes back what was told of windows that have ended; how many. */
    int resetEnded();

    /** Notes that leases are recalled, so that it is said again on the next stream. */
    void recall(Collection<Long> leases);

    /** The leases that an incarnation was asked for and has not given back. */
    Set<Long> recalled(UUID incarnation);

    /** Writes what was locked and changed. */
    void save(Collection<? extends Pot> pots, Collection<Lease> leases);
}
