package io.apihub.billing.usage;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.budget.OpenLease;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.model.money.Credits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToLongFunction;

/**
 * Settles the new records of one batch against locked leases and accounts: pure arithmetic. Of each
 * cost, what the hold had taken is spent from its leases and posted as usage; what is beyond the
 * hold is an overage of the tenant; what a lease no longer has (it was closed before the record
 * came) is late, and the platform's loss.
 */
final class Settlement {

    private final Map<Long, OpenLease> leases;
    private final Map<UUID, Account> accounts;
    private final ToLongFunction<PlatformAccount> platform;
    private final Map<Long, Long> left = new HashMap<>();
    private final Map<Long, Long> spent = new TreeMap<>();
    private final Map<UUID, Credits> covered = new TreeMap<>();
    private final List<Posting> special = new ArrayList<>();

    Settlement(
            Map<Long, OpenLease> leases,
            Map<UUID, Account> accounts,
            ToLongFunction<PlatformAccount> platform) {
        this.leases = leases;
        this.accounts = accounts;
        this.platform = platform;
        leases.forEach((id, lease) -> left.put(id, lease.openMicros()));
    }

    /**
     * Settles one record.
     *
     * @throws BadRecord if its tenant is unknown or a lease is another tenant's
     */
    void settle(Booking booking) {
        if (!booking.metered() || booking.cost().micros() == 0) {
            return;
        }
        var account = account(booking);
        var due = booking.cost().minus(booking.overage());
        var late = Credits.ZERO;
        for (var take : booking.taken()) {
            var share = Credits.min(due, take.amount());
            var paid = spend(take.leaseId(), share, account);
            due = due.minus(share);
            late = late.plus(share.minus(paid));
            covered.merge(booking.tenantId(), paid, Credits::plus);
        }
        if (late.isPositive()) {
            special.add(
                    posting(
                            TransactionKind.LATE_USAGE,
                            "late/" + booking.hold(),
                            platform.applyAsLong(PlatformAccount.LATE_USAGE),
                            PlatformAccount.USAGE_REVENUE,
                            late));
        }
        if (booking.overage().isPositive()) {
            special.add(
                    posting(
                            TransactionKind.OVERAGE,
                            "overage/" + booking.hold(),
                            account.id(),
                            PlatformAccount.OVERAGE,
                            booking.overage()));
        }
    }

    /**
     * Posts the difference that a true record makes to an estimate.
     *
     * @param difference true cost less estimated cost; may be negative
     */
    void correct(Booking booking, Credits difference) {
        if (booking.metered() && difference.micros() != 0) {
            special.add(
                    posting(
                            TransactionKind.CORRECTION,
                            "correction/" + booking.hold(),
                            account(booking).id(),
                            PlatformAccount.USAGE_REVENUE,
                            difference));
        }
    }

    private Account account(Booking booking) {
        var account = accounts.get(booking.tenantId());
        if (account == null) {
            throw new BadRecord("unknown tenant " + booking.tenantId());
        }
        return account;
    }

    private Credits spend(long leaseId, Credits share, Account account) {
        var lease = leases.get(leaseId);
        if (lease == null) {
            return Credits.ZERO;
        }
        if (lease.accountId() != account.id()) {
            throw new BadRecord("lease " + leaseId + " is not of tenant " + account.tenantId());
        }
        long paid = Math.min(share.micros(), left.getOrDefault(leaseId, 0L));
        left.merge(leaseId, -paid, Long::sum);
        spent.merge(leaseId, paid, Long::sum);
        return new Credits(paid);
    }

    private Posting posting(
            TransactionKind kind, String reference, long from, PlatformAccount to, Credits amount) {
        return Posting.transfer(kind, reference, from, platform.applyAsLong(to), amount);
    }

    /** Micro-units to move from open to spent, by lease. */
    Map<Long, Long> spentByLease() {
        return spent;
    }

    /** How `leased` of the accounts changes, by account id. */
    Map<Long, Long> leasedChanges() {
        var changes = new TreeMap<Long, Long>();
        spent.forEach((id, micros) -> {
            var lease = leases.get(id);
            if (lease != null) {
                changes.merge(lease.accountId(), -micros, Long::sum);
            }
        });
        return changes;
    }

    /**
     * All postings of the batch: one of usage for each tenant, and the special ones by name.
     *
     * @param postingIds by tenant, as the usage rows carry them
     */
    List<Posting> postings(Map<UUID, UUID> postingIds) {
        var postings = new ArrayList<Posting>();
        covered.forEach((tenant, amount) -> {
            var account = accounts.get(tenant);
            if (account != null && amount.isPositive()) {
                postings.add(
                        posting(
                                TransactionKind.USAGE,
                                "usage/" + postingIds.get(tenant),
                                account.id(),
                                PlatformAccount.USAGE_REVENUE,
                                amount));
            }
        });
        postings.addAll(special);
        return postings;
    }
}
