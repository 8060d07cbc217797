package io.apihub.billing.budget;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.budget.LeaseTable.NewLease;
import io.apihub.billing.budget.LeaseTable.Request;
import io.apihub.model.money.Credits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rights of gateways to spend. At every instant an account's `leased` is the sum of what its
 * leases have open, and balance + credit limit - leased is not negative. Nothing is released by
 * time alone. Locks: incarnations, leases, accounts, each in the order of ids.
 */
@Component
public class Leases {

    private final LeaseTable table;
    private final Incarnations incarnations;
    private final Accounts accounts;
    private final TransactionTemplate transactions;

    Leases(
            LeaseTable table,
            Incarnations incarnations,
            Accounts accounts,
            TransactionTemplate transactions) {
        this.table = table;
        this.incarnations = incarnations;
        this.accounts = accounts;
        this.transactions = transactions;
    }

    /**
     * Answers grant requests in one transaction. Safe to repeat: a request that got leases gets
     * them again.
     *
     * @return in the order of the requests
     */
    public List<Answer> grant(List<Ask> asks) {
        // The same request may wait twice in one batch; both copies get one answer.
        var distinct = new LinkedHashMap<Request, Ask>();
        asks.forEach(ask -> distinct.putIfAbsent(Request.of(ask), ask));
        var answers =
                Objects.requireNonNull(
                        transactions.execute(
                                status -> grantLocked(List.copyOf(distinct.values()))));
        var byRequest = new HashMap<Request, Answer>();
        for (var request : distinct.keySet()) {
            byRequest.put(request, answers.get(byRequest.size()));
        }
        return asks.stream()
                .map(ask -> Objects.requireNonNull(byRequest.get(Request.of(ask))))
                .toList();
    }

    private List<Answer> grantLocked(List<Ask> asks) {
        var open =
                incarnations.lockOpen(
                        asks.stream().map(Ask::incarnation).collect(Collectors.toSet()));
        var locked =
                accounts.lock(
                        asks.stream()
                                .flatMap(ask -> ask.wants().stream())
                                .map(Want::tenantId)
                                .collect(Collectors.toSet()));
        // Only now, with the accounts locked, can no other copy of a request be under way.
        var before = table.granted(asks);
        var decisions = new GrantDecisions(locked);
        var answers = new ArrayList<Answer>();
        var granted = new ArrayList<NewLease>();
        for (var ask : asks) {
            var known = before.get(Request.of(ask));
            if (known != null) {
                answers.add(new Answer.Granted(known));
            } else if (!open.contains(ask.incarnation())) {
                answers.add(Answer.refuseAll(ask, Answer.Reason.NOT_GRANTING));
            } else {
                answers.add(answer(ask, decisions.decide(ask), locked, granted));
            }
        }
        return withIds(answers, book(granted));
    }

    private Answer answer(
            Ask ask,
            GrantDecisions.Decision decision,
            Map<UUID, Account> locked,
            List<NewLease> granted) {
        return switch (decision) {
            case GrantDecisions.Decision.Refuse refuse ->
                    new Answer.Refused(
                            refuse.refusals().stream()
                                    .map(refusal -> leasedElsewhere(ask, refusal))
                                    .toList());
            case GrantDecisions.Decision.Grant grant -> {
                var leases = new ArrayList<Answer.Lease>();
                for (int i = 0; i < ask.wants().size(); i++) {
                    var tenant = ask.wants().get(i).tenantId();
                    var account = Objects.requireNonNull(locked.get(tenant));
                    granted.add(
                            new NewLease(Request.of(ask), i, account.id(), grant.amounts().get(i)));
                    leases.add(new Answer.Lease(0, tenant, grant.amounts().get(i)));
                }
                yield new Answer.Granted(leases);
            }
        };
    }

    /** Exhausted, or only leased to others, who will be asked for it. */
    private Answer.Refusal leasedElsewhere(Ask ask, Answer.Refusal refusal) {
        if (refusal.reason() != Answer.Reason.EXHAUSTED) {
            return refusal;
        }
        var want = ask.wants().get(refusal.ordinal());
        long elsewhere =
                table.heldElsewhere(want.tenantId(), ask.incarnation()).values().stream()
                        .flatMap(List::stream)
                        .mapToLong(OpenLease::openMicros)
                        .sum();
        boolean enough = refusal.available().plus(new Credits(elsewhere)).covers(want.needed());
        return elsewhere > 0 && enough
                ? new Answer.Refusal(
                        refusal.ordinal(), Answer.Reason.LEASED_ELSEWHERE, refusal.available())
                : refusal;
    }

    private List<Long> book(List<NewLease> granted) {
        var ids = table.insert(granted);
        accounts.changeLeased(
                granted.stream()
                        .collect(
                                Collectors.groupingBy(
                                        NewLease::accountId,
                                        Collectors.summingLong(
                                                lease -> lease.granted().micros()))));
        return ids;
    }

    private static List<Answer> withIds(List<Answer> answers, List<Long> ids) {
        var next = ids.iterator();
        var done = new ArrayList<Answer>();
        for (var answer : answers) {
            done.add(answer instanceof Answer.Granted granted ? withIds(granted, next) : answer);
        }
        return done;
    }

    private static Answer withIds(Answer.Granted granted, Iterator<Long> ids) {
        return new Answer.Granted(
                granted.leases().stream()
                        .map(lease ->
                                lease.id() == 0
                                        ? new Answer.Lease(
                                                ids.next(), lease.tenantId(), lease.granted())
                                        : lease)
                        .toList());
    }

    /**
     * What one lease gives back.
     *
     * @param total running total in micro-units: the larger of old and new counts
     * @param closing the gateway takes nothing more from it
     */
    public record GivenBack(long leaseId, long total, boolean closing) {}

    /** Takes back. Safe to repeat and in any order, as totals only grow. */
    public void giveBack(List<GivenBack> returns) {
        transactions.executeWithoutResult(status -> {
            var locked = table.lock(returns.stream().map(GivenBack::leaseId).toList());
            var freed = new HashMap<Long, Long>();
            for (var back : returns) {
                var lease = locked.get(back.leaseId());
                if (lease != null) {
                    var change = table.giveBack(lease, back.total(), back.closing());
                    locked.put(
                            lease.id(),
                            new OpenLease(
                                    lease.id(),
                                    lease.accountId(),
                                    lease.openMicros() - change.getValue()));
                    freed.merge(change.getKey(), -change.getValue(), Long::sum);
                }
            }
            release(freed);
        });
    }

    /**
     * Closes an incarnation: all its records are here, so what its leases have open comes back, and
     * it is granted nothing more. Safe to repeat.
     */
    public void close(UUID incarnation) {
        transactions.executeWithoutResult(status -> {
            incarnations.close(incarnation);
            var locked = table.lockOf(incarnation);
            table.close(locked.keySet());
            release(
                    locked.values().stream()
                            .collect(
                                    Collectors.groupingBy(
                                            OpenLease::accountId,
                                            Collectors.summingLong(lease -> -lease.openMicros()))));
        });
    }

    private void release(Map<Long, Long> changes) {
        accounts.lockIds(changes.keySet());
        accounts.changeLeased(changes);
    }

    /** Locks leases for settlement, in the order of their ids; unknown ones are left out. */
    public Map<Long, OpenLease> lock(Collection<Long> ids) {
        return ids.isEmpty() ? Map.of() : table.lock(ids);
    }

    /** Moves micro-units of locked leases from open to spent, in the caller's transaction. */
    public void spend(Map<Long, Long> spentByLease) {
        if (!spentByLease.isEmpty()) {
            table.spend(spentByLease);
        }
    }

    /** The leases of one tenant that other incarnations have something open of. */
    Map<UUID, Set<Long>> recallable(UUID tenantId, UUID incarnation) {
        return table.heldElsewhere(tenantId, incarnation).entrySet().stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey,
                                held ->
                                        held.getValue().stream()
                                                .map(OpenLease::id)
                                                .collect(Collectors.toSet())));
    }
}
