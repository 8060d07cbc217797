package io.apihub.billing.usage;

import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Pot;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.model.money.Credits;
import io.apihub.model.usage.HoldId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToLongFunction;

/**
 * Settles the new records of one batch against locked leases, budgets and accounts: pure
 * arithmetic. Of each figure, what the hold had taken is spent from its leases; what is beyond the
 * hold is an overage of the tenant; what a lease no longer has (it was closed before the record
 * came) is late: of money it is the platform's loss, of a budget it counts no more.
 */
final class Settlement {

    private final SettlementRows rows;
    private final ToLongFunction<PlatformAccount> platform;
    private final Map<UUID, Credits> covered = new TreeMap<>();
    private final List<Posting> special = new ArrayList<>();
    private final Map<HoldId, Credits> late = new HashMap<>();

    Settlement(SettlementRows rows, ToLongFunction<PlatformAccount> platform) {
        this.rows = rows;
        this.platform = platform;
    }

    /**
     * Settles one record.
     *
     * @throws BadRecord if its tenant is unknown or a lease is another tenant's
     */
    void settle(Booking booking) {
        if (booking.metered() && booking.cost().isPositive()) {
            money(booking);
        }
        if (!booking.taken().isEmpty()) {
            budgets(booking);
        }
    }

    private void money(Booking booking) {
        var money = rows.account(booking.tenantId());
        long account = money.account().id();
        var due = booking.cost().minus(booking.overage());
        var left = due;
        for (var take : booking.taken()) {
            var lease = rows.lease(take.leaseId());
            if (lease != null && lease.pot().kind() == Pot.Kind.ACCOUNT) {
                if (lease.pot().number() != account) {
                    throw foreign(lease, booking);
                }
                var share = Credits.min(left, new Credits(take.amount()));
                left = left.minus(new Credits(rows.spend(lease, money, share.micros())));
            }
        }
        covered.merge(booking.tenantId(), due.minus(left), Credits::plus);
        if (left.isPositive()) {
            late.put(booking.hold(), left);
            special.add(
                    posting(
                            TransactionKind.LATE_USAGE,
                            late(booking),
                            platform.applyAsLong(PlatformAccount.LATE_USAGE),
                            PlatformAccount.USAGE_REVENUE,
                            left));
        }
        if (booking.overage().isPositive()) {
            special.add(
                    posting(
                            TransactionKind.OVERAGE,
                            "overage/" + booking.hold(),
                            account,
                            PlatformAccount.OVERAGE,
                            booking.overage()));
        }
    }

    /** The reference of what is posted when a hold's cost comes too late for its lease. */
    static String late(Booking booking) {
        return "late/" + booking.hold();
    }

    private void budgets(Booking booking) {
        var due = new LinkedHashMap<Budget, Long>();
        for (var take : booking.taken()) {
            var lease = rows.lease(take.leaseId());
            var budget = lease == null ? null : rows.budget(lease);
            if (lease != null && budget != null) {
                requireTenant(lease, budget, booking);
                long left =
                        due.computeIfAbsent(
                                budget, key -> booking.counted().of(key.key().metric()));
                long share = Math.min(left, take.amount());
                rows.spend(lease, budget, share);
                due.put(budget, left - share);
            }
        }
        due.forEach(Budget::exceed);
    }

    private static void requireTenant(Lease lease, Budget budget, Booking booking) {
        if (!budget.key().limit().name().tenantId().equals(booking.tenantId())) {
            throw foreign(lease, booking);
        }
    }

    private static BadRecord foreign(Lease lease, Booking booking) {
        return new BadRecord("lease " + lease.number() + " is not of tenant " + booking.tenantId());
    }

    /**
     * Posts the difference that a true record makes to an estimate, to the account and to the
     * budgets that the hold had taken from. Of a hold whose estimate came late, the loss shrinks
     * first and grows alone: neither its tenant nor its budgets ever had what was lost.
     *
     * @param before what was counted
     * @param lost of the estimate, by an earlier batch: the platform's loss
     */
    void correct(Booking booking, Measures before, Credits lost) {
        var loss = lost.plus(late.getOrDefault(booking.hold(), Credits.ZERO));
        var difference = booking.metered() ? booking.cost().minus(before.cost()) : Credits.ZERO;
        var ofLoss = loss.isPositive() ? Credits.max(difference, loss.negated()) : Credits.ZERO;
        if (ofLoss.micros() != 0) {
            special.add(
                    posting(
                            TransactionKind.CORRECTION,
                            "late-correction/" + booking.hold(),
                            platform.applyAsLong(PlatformAccount.LATE_USAGE),
                            PlatformAccount.USAGE_REVENUE,
                            ofLoss));
        }
        var ofTenant = difference.minus(ofLoss);
        if (ofTenant.micros() != 0) {
            special.add(
                    posting(
                            TransactionKind.CORRECTION,
                            "correction/" + booking.hold(),
                            rows.account(booking.tenantId()).account().id(),
                            PlatformAccount.USAGE_REVENUE,
                            ofTenant));
        }
        if (!loss.isPositive()) {
            correctBudgets(booking, before);
        }
    }

    private void correctBudgets(Booking booking, Measures before) {
        booking.taken().stream()
                .map(take -> rows.lease(take.leaseId()))
                .flatMap(lease -> rows.budgetOf(lease).stream())
                .distinct()
                .forEach(budget -> {
                    var metric = budget.key().metric();
                    budget.correct(booking.counted().of(metric) - before.of(metric));
                });
    }

    private Posting posting(
            TransactionKind kind, String reference, long from, PlatformAccount to, Credits amount) {
        return Posting.transfer(kind, reference, from, platform.applyAsLong(to), amount);
    }

    /**
     * All postings of the batch: one of usage for each tenant, and the special ones by name.
     *
     * @param postingIds by tenant, as the usage rows carry them
     */
    List<Posting> postings(Map<UUID, UUID> postingIds) {
        var postings = new ArrayList<Posting>();
        covered.forEach((tenant, amount) -> {
            if (amount.isPositive()) {
                postings.add(
                        posting(
                                TransactionKind.USAGE,
                                "usage/" + postingIds.get(tenant),
                                rows.account(tenant).account().id(),
                                PlatformAccount.USAGE_REVENUE,
                                amount));
            }
        });
        postings.addAll(special);
        return postings;
    }
}
