package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes holds from leases on the tenants' accounts, and ends them. */
public final class AccountLeases implements Holds {

    private final UsageJournal journal;
    private final HoldListener listener;
    private final Function<ByteString, TenantAccount> newAccount;
    private final Map<ByteString, TenantAccount> accounts = new ConcurrentHashMap<>();
    private final Counter held;
    private final Counter exhausted;
    private final Counter unavailable;
    private final Counter voided;

    /**
     * Leases that are asked for over {@code link}.
     *
     * @param newAccount makes the (empty) account of a tenant
     */
    AccountLeases(
            UsageJournal journal,
            HoldListener listener,
            Function<ByteString, TenantAccount> newAccount,
            MeterRegistry meters) {
        this.journal = journal;
        this.listener = listener;
        this.newAccount = newAccount;
        this.held = outcomes(meters, "held");
        this.exhausted = outcomes(meters, "exhausted");
        this.unavailable = outcomes(meters, "unavailable");
        this.voided = meters.counter("apihub.extauthz.holds.voided");
        meters.gauge("apihub.extauthz.holds.open", journal, UsageJournal::openHolds);
        meters.gauge("apihub.extauthz.leases", this, leases -> leases.leases().size());
    }

    private static Counter outcomes(MeterRegistry meters, String outcome) {
        return meters.counter("apihub.extauthz.holds", "outcome", outcome);
    }

    @Override
    public void take(Hold terms, Consumer<HoldOutcome> done) {
        if (takesNothing(terms)) {
            tell(done, admit(terms, null));
            return;
        }
        var account = accounts.computeIfAbsent(terms.getTenantId(), newAccount);
        var lease = account.take(terms.getCostMicros());
        if (lease != null) {
            tell(done, admit(terms, lease));
            return;
        }
        account.await(
                terms.getCostMicros(),
                found ->
                        tell(
                                done,
                                switch (found) {
                                    case TenantAccount.Found.Taken(var taken) ->
                                            admit(terms, taken);
                                    case TenantAccount.Found.None(var outcome) -> outcome;
                                }));
    }

    private static boolean takesNothing(Hold terms) {
        return terms.getFree() || terms.getUnmetered() || terms.getCostMicros() == 0;
    }

    private HoldOutcome admit(Hold terms, @Nullable AccountLease lease) {
        var hold = terms.toBuilder().setIncarnation(journal.incarnation().bytes()).clearTaken();
        if (lease != null) {
            hold.addTaken(
                    Taken.newBuilder().setLeaseId(lease.id()).setAmount(terms.getCostMicros()));
        }
        var written = hold.build();
        if (journal.hold(written)) {
            return new HoldOutcome.Held(written);
        }
        giveBack(written, 0);
        return new HoldOutcome.Unavailable("the journal has no room");
    }

    private void tell(Consumer<HoldOutcome> done, HoldOutcome outcome) {
        switch (outcome) {
            case HoldOutcome.Held _ -> held.increment();
            case HoldOutcome.Exhausted _ -> exhausted.increment();
            case HoldOutcome.Unavailable _ -> unavailable.increment();
        }
        done.accept(outcome);
    }

    @Override
    public void voidHold(HoldId id) {
        journal.release(id)
                .ifPresent(hold -> {
                    voided.increment();
                    ended(hold, 0);
                });
    }

    /**
     * Takes note that the journal ended a hold.
     *
     * @param costMicros what billing will take from the hold's leases, at most the hold; the rest
     *     can be taken again
     */
    public void ended(Hold hold, long costMicros) {
        giveBack(hold, costMicros);
        listener.released(hold);
    }

    private void giveBack(Hold hold, long costMicros) {
        if (!hold.getIncarnation().equals(journal.incarnation().bytes())) {
            return; // Its leases are billing's to close, once that incarnation is drained.
        }
        var account = accounts.get(hold.getTenantId());
        long cost = costMicros;
        for (var taken : hold.getTakenList()) {
            long spent = Math.min(cost, taken.getAmount());
            cost -= spent;
            if (account != null) {
                account.settle(taken.getLeaseId(), taken.getAmount(), spent);
            }
        }
    }

    void recall(long leaseId) {
        accounts.values().forEach(account -> account.recall(leaseId));
    }

    /** Housekeeping, about once a second. */
    void tick() {
        accounts.values().forEach(TenantAccount::tick);
    }

    /** Gives back all that no request holds; for the end of this process. */
    public void closeAll() {
        accounts.values().forEach(TenantAccount::closeAll);
    }

    List<AccountLease> leases() {
        var leases = new ArrayList<AccountLease>();
        accounts.values().forEach(account -> leases.addAll(account.leases()));
        return leases;
    }
}
