package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.LeaseState;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Takes holds from leases on accounts and limits, and ends them. */
public final class Leases implements Holds, Allowances {

    private final UsageJournal journal;
    private final ByteString incarnation;
    private final LeaseSettings settings;
    private final TenantDesk.Surroundings around;
    private final Map<Long, Lease> byId;
    private final LongSupplier nanoTime;
    private final Map<ByteString, TenantDesk> desks = new ConcurrentHashMap<>();

    /** The desks that know of anything: most tenants are idle most of the time. */
    private final Map<ByteString, TenantDesk> busy = new ConcurrentHashMap<>();

    /** Requests in flight that occupy shares, by the ids of their holds. */
    private final Map<HoldId, Claim> inFlight = new ConcurrentHashMap<>();

    private final Counter held;
    private final Counter refused;
    private final Counter unavailable;
    private final Counter superseded;
    private final Counter voided;

    Leases(
            UsageJournal journal,
            LeaseSettings settings,
            TenantDesk.Surroundings around,
            MeterRegistry meters) {
        this.journal = journal;
        this.incarnation = journal.incarnation().bytes();
        this.settings = settings;
        this.around = around;
        this.byId = around.leases();
        this.nanoTime = around.nanoTime();
        this.held = outcomes(meters, "held");
        this.refused = outcomes(meters, "refused");
        this.unavailable = outcomes(meters, "unavailable");
        this.superseded = outcomes(meters, "superseded");
        this.voided = meters.counter("apihub.extauthz.holds.voided");
        meters.gauge("apihub.extauthz.holds.open", journal, UsageJournal::openHolds);
        meters.gauge("apihub.extauthz.leases", byId, Map::size);
    }

    private static Counter outcomes(MeterRegistry meters, String outcome) {
        return meters.counter("apihub.extauthz.holds", "outcome", outcome);
    }

    @Override
    public Allowance of(Subject subject, long limit) {
        return desks.computeIfAbsent(subject.tenant(), this::newDesk).allowance(subject, limit);
    }

    private TenantDesk newDesk(ByteString tenant) {
        return new TenantDesk(settings, around, desk -> busy.put(tenant, desk));
    }

    @Override
    public void take(HoldDraft draft, Claim claim, Consumer<HoldOutcome> done) {
        if (claim.isEmpty() || claim.take(nanoTime.getAsLong())) {
            tell(done, admit(draft, claim));
            return;
        }
        claim.desk()
                .await(
                        claim,
                        found ->
                                tell(
                                        done,
                                        switch (found) {
                                            case Waiting.Found.Taken() -> admit(draft, claim);
                                            case Waiting.Found.None(var outcome) -> outcome;
                                        }));
    }

    private HoldOutcome admit(HoldDraft draft, Claim claim) {
        var hold = draft.written(incarnation, claim);
        if (claim.hasShares()) {
            inFlight.put(hold.id(), claim);
        }
        if (journal.hold(hold)) {
            return new HoldOutcome.Held(hold);
        }
        inFlight.remove(hold.id());
        claim.undo(nanoTime.getAsLong());
        return new HoldOutcome.Unavailable("the journal has no room");
    }

    private void tell(Consumer<HoldOutcome> done, HoldOutcome outcome) {
        switch (outcome) {
            case HoldOutcome.Held _ -> held.increment();
            case HoldOutcome.Refused _ -> refused.increment();
            case HoldOutcome.Unavailable _ -> unavailable.increment();
            case HoldOutcome.Superseded _ -> superseded.increment();
        }
        done.accept(outcome);
    }

    @Override
    public void voidHold(HoldId id) {
        journal.release(id)
                .ifPresent(hold -> {
                    voided.increment();
                    ended(hold, Amounts.NOTHING);
                });
    }

    /**
     * Takes note that the journal ended a hold.
     *
     * @param used what billing will take from the hold's leases, as far as they were taken from;
     *     the rest can be taken again once that the hold ended is on the disk
     */
    public void ended(Hold hold, Amounts used) {
        // Leases of another incarnation are billing's to close, once that is drained.
        if (hold.getIncarnation().equals(incarnation)) {
            giveBack(hold, used);
        }
    }

    private void giveBack(Hold hold, Amounts used) {
        long now = nanoTime.getAsLong();
        for (var taken : hold.getTakenList()) {
            var lease = byId.get(taken.getLeaseId());
            if (lease == null) {
                throw new IllegalStateException("no lease " + taken.getLeaseId());
            }
            giveBack(lease, taken.getAmount(), used);
        }
        var claim = inFlight.remove(HoldId.ofBytes(hold.getHoldId().toByteArray()));
        if (claim != null) {
            claim.releaseShares(used, now);
        }
    }

    /**
     * What was not used can be taken again, or goes back to billing, once the end of the hold is on
     * the disk. A power cut may take that and leave a later hold: found open both, they would be
     * charged more than the lease has.
     */
    private void giveBack(Lease lease, long taken, Amounts used) {
        var owner = lease.owner();
        long spent = Math.min(used.of(owner.subject().metric()), taken);
        owner.comesBack(taken - spent);
        journal.whenOnDisk(() -> {
            boolean told = lease.giveBack(taken, spent, 0, nanoTime.getAsLong());
            owner.cameBack(taken - spent);
            if (told) {
                owner.desk().tell(lease);
            }
        });
    }

    /** Gives back what no request holds; false if there is no such lease here. */
    boolean recall(long leaseId) {
        var lease = byId.get(leaseId);
        if (lease != null) {
            lease.owner().desk().close(lease);
        }
        return lease != null;
    }

    void renew(BillingTime at, long ttlMillis) {
        busy.values().forEach(desk -> desk.renew(at, ttlMillis));
    }

    /** Housekeeping, about once a second. */
    void tick() {
        busy.forEach((tenant, desk) -> {
            desk.tick();
            if (desk.isIdle()) {
                busy.remove(tenant);
                if (!desk.isIdle()) {
                    // Somebody came between the two looks.
                    busy.put(tenant, desk);
                }
            }
        });
    }

    /** Gives back all that no request holds; for the end of this process. */
    public void closeAll() {
        busy.values().forEach(desk -> desk.closeIf(lease -> true));
    }

    /** What each lease here holds for requests in flight. */
    List<LeaseState> inventory() {
        var states = new ArrayList<LeaseState>(byId.size());
        byId.forEach((id, lease) ->
                states.add(LeaseState.newBuilder().setLeaseId(id).setOpen(lease.open()).build()));
        return states;
    }
}
