package io.apihub.extauthz.credit;

import io.apihub.credit.v1.ReturnedLease;
import io.apihub.credit.v1.Want;
import io.apihub.extauthz.credit.Waiting.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a tenant's requests wait for leases when there are not enough here: one request to billing
 * for all that is missing. Its lock is this tenant's alone, and nobody who finds enough comes by.
 */
final class TenantDesk {

    private static final Logger log = LoggerFactory.getLogger(TenantDesk.class);

    /** Before asking again for what other gateways are giving back. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** Then nothing of what is recent of it counts any more. */
    private static final long FORGOTTEN_AFTER_TICKS = 60;

    private final LeaseSettings settings;
    private final Surroundings around;
    private final Map<Subject, Allowance> allowances = new ConcurrentHashMap<>();
    private final Consumer<TenantDesk> busy;

    /**
     * What desks share.
     *
     * @param leases all leases of this process by id
     */
    record Surroundings(
            CreditLink link, Delays delays, LongSupplier nanoTime, Map<Long, Lease> leases) {}

    /**
     * A desk that knows of nothing yet.
     *
     * @param busy told whenever there may be something again to look after
     */
    TenantDesk(LeaseSettings settings, Surroundings around, Consumer<TenantDesk> busy) {
        this.settings = settings;
        this.around = around;
        this.busy = busy;
    }

    Allowance allowance(Subject subject, long limit) {
        var known = allowances.get(subject);
        var found = known == null ? made(subject, limit) : known;
        if (found.limit() != limit) {
            synchronized (this) {
                found.declare(limit);
            }
        }
        return found;
    }

    private Allowance made(Subject subject, long limit) {
        var found = allowances.computeIfAbsent(subject, s -> new Allowance(s, limit, this));
        busy.accept(this);
        return found;
    }

    /** The allowance itself, remembered again, or another one of its subject if there is one. */
    synchronized Allowance inCharge(Allowance allowance) {
        if (!allowance.isRetired()) {
            return allowance;
        }
        var other = allowances.putIfAbsent(allowance.subject(), allowance);
        if (other == null) {
            allowance.retire(false);
            busy.accept(this);
        }
        return other == null ? allowance : other;
    }

    /** Waits for all that is claimed; {@code done} is told exactly once. */
    void await(Claim claim, Consumer<Found> done) {
        long now = around.nanoTime().getAsLong();
        long patience = claim.patience(now, settings.timeout().toNanos());
        var request = new Waiting(claim, done);
        var told = new ArrayList<Runnable>(1);
        synchronized (this) {
            claim.revive();
            claim.waits();
            serve(request, told);
        }
        if (told.isEmpty()) {
            around.delays().after(Duration.ofNanos(Math.max(0, patience)), () -> giveUp(request));
        }
        told.forEach(Runnable::run);
    }

    private void giveUp(Waiting request) {
        Runnable told = null;
        synchronized (this) {
            if (!request.isOver()) {
                told = request.end(new Found.None(unavailable("no grant in time")));
            }
        }
        if (told != null) {
            told.run();
        }
    }

    private static HoldOutcome unavailable(String why) {
        return new HoldOutcome.Unavailable(why);
    }

    /** Takes, refuses, waits for an answer that is under way, or asks. */
    private void serve(Waiting request, List<Runnable> told) {
        if (request.isOver()) {
            return;
        }
        long now = around.nanoTime().getAsLong();
        var claim = request.claim();
        if (claim.take(now)) {
            told.add(request.end(new Found.Taken()));
            return;
        }
        var missing = claim.missing(now);
        if (missing.isEmpty()) {
            serveAgain(request, told);
            return;
        }
        missing.forEach(each -> each.closeIf(lease -> lease.term().isOver(now)));
        var refused = claim.refusedWithoutAsking(missing, now);
        if (refused != null) {
            told.add(request.end(new Found.None(refused)));
            return;
        }
        for (var each : missing) {
            var underWay = each.ask();
            if (underWay != null) {
                underWay.others().add(request);
                return;
            }
        }
        if (request.mayAskAgain()) {
            ask(request, missing, now);
        } else {
            told.add(request.end(new Found.None(unavailable("grants that do not suffice"))));
        }
    }

    /** Somebody gave back between the two looks. */
    private void serveAgain(Waiting request, List<Runnable> told) {
        if (request.mayAskAgain()) {
            serve(request, told);
        } else {
            told.add(request.end(new Found.None(unavailable("too many contend"))));
        }
    }

    private void ask(Waiting request, List<Allowance> missing, long now) {
        var wants = new ArrayList<Want>(missing.size());
        var ask = Ask.of(request, missing);
        for (var each : missing) {
            wants.add(each.want(request.claim().wanted(each), 0, now));
            each.askedBy(ask);
        }
        around.link().ask(wants, answer -> answered(ask, answer));
    }

    private void askAhead(Allowance allowance, long windowStartMillis, long now) {
        var ask = Ask.of(null, List.of(allowance));
        allowance.askedBy(ask);
        around.link()
                .ask(
                        List.of(allowance.want(1, windowStartMillis, now)),
                        answer -> answered(ask, answer));
    }

    private void answered(Ask ask, GrantAnswer answer) {
        var told = new ArrayList<Runnable>();
        synchronized (this) {
            ask.allowances().forEach(each -> each.askedBy(null));
            boolean pause = false;
            switch (answer) {
                case GrantAnswer.Granted granted -> install(ask, granted);
                case GrantAnswer.Refused refused -> pause = refused(ask, refused, told);
                case GrantAnswer.Unanswered(String why) -> unanswered(ask, why, told);
            }
            if (pause) {
                pause(ask);
            } else {
                ask.waiting().forEach(each -> serve(each, told));
            }
        }
        told.forEach(Runnable::run);
    }

    private void install(Ask ask, GrantAnswer.Granted granted) {
        int count = Math.min(ask.allowances().size(), granted.leases().size());
        for (int i = 0; i < count; i++) {
            try {
                ask.allowances().get(i).install(granted.leases().get(i), granted.at());
            } catch (IllegalArgumentException e) {
                log.error("billing granted a lease that makes no sense: {}", e.getMessage());
            }
        }
    }

    private void unanswered(Ask ask, String why, List<Runnable> told) {
        long now = around.nanoTime().getAsLong();
        ask.allowances().forEach(each -> each.notAheadFrom(now));
        for (var each : ask.waiting()) {
            if (!each.isOver()) {
                told.add(each.end(new Found.None(unavailable(why))));
            }
        }
    }

    /** Takes in what billing refused; whether to wait a little for what others give back. */
    private boolean refused(Ask ask, GrantAnswer.Refused refused, List<Runnable> told) {
        long now = around.nanoTime().getAsLong();
        var first = ask.first();
        if (first == null) {
            ask.allowances().forEach(each -> each.notAheadFrom(now));
            return false;
        }
        if (first.isOver()) {
            return false;
        }
        var gaps = new Gaps(ask, refused.refusals());
        if (gaps.areComingBack() && first.waitsForDisk()) {
            return true;
        }
        if (squeeze(first, ask, now)) {
            return false;
        }
        var refusals = new ArrayList<Refusal>();
        gaps.forEachThatStays((about, refusal) -> {
            about.refusedBy(refusal, refused.at(), now);
            refusals.add(about.refusal(first.claim().wanted(about), now));
        });
        if (refusals.isEmpty()) {
            var unknown = gaps.unknown();
            ask.waiting().forEach(each -> each.supersededIf(unknown));
            return true;
        }
        told.add(first.end(new Found.None(new HoldOutcome.Refused(refusals))));
        return false;
    }

    /** Gives back what lies here too small for the request, once: it may fill the gap. */
    private static boolean squeeze(Waiting request, Ask ask, long now) {
        var claim = request.claim();
        var worth = new ArrayList<Allowance>();
        for (var each : ask.allowances()) {
            if (each.isWorthSqueezing(claim.wanted(each), now)) {
                worth.add(each);
            }
        }
        if (worth.isEmpty() || !request.squeezes()) {
            return false;
        }
        worth.forEach(each -> each.closeIf(lease -> true));
        return true;
    }

    /** Whoever comes meanwhile waits with the others. */
    private void pause(Ask ask) {
        var pause = Ask.of(null, ask.allowances());
        pause.others().addAll(ask.waiting());
        pause.allowances().forEach(each -> each.askedBy(pause));
        around.delays().after(PAUSE, () -> resume(pause));
    }

    private void resume(Ask pause) {
        var told = new ArrayList<Runnable>();
        synchronized (this) {
            pause.allowances().forEach(each -> each.askedBy(null));
            for (var each : pause.others()) {
                if (each.isSuperseded()) {
                    told.add(each.end(new Found.None(new HoldOutcome.Superseded())));
                } else {
                    each.startsAnew();
                    serve(each, told);
                }
            }
        }
        told.forEach(Runnable::run);
    }

    /** Little is left: asks for more, on another thread. */
    void lowSoon(Allowance allowance) {
        around.delays()
                .after(
                        Duration.ZERO,
                        () -> {
                            synchronized (this) {
                                long now = around.nanoTime().getAsLong();
                                if (allowance.mayAskAhead(now)) {
                                    askAhead(allowance, 0, now);
                                }
                            }
                        });
    }

    Lease leaseOf(Allowance owner, io.apihub.credit.v1.Lease granted, BillingTime at) {
        var lease = LeaseMessages.lease(owner, granted, at);
        around.leases().put(lease.id(), lease);
        return lease;
    }

    /** Says to billing how a closing lease stands, and forgets it if nothing more will come. */
    void tell(Lease lease) {
        if (!lease.isReturnable()) {
            return;
        }
        var message =
                ReturnedLease.newBuilder()
                        .setLeaseId(lease.id())
                        .setReturnedTotal(lease.returnedTotal())
                        .setClosing(true);
        if (lease.owner().isRate()) {
            message.setTheoreticalArrivalMillis(
                    around.link().billingMillis(lease.fullAt(around.nanoTime().getAsLong())));
        }
        around.link().giveBack(message.build());
        if (lease.isOver()) {
            around.leases().remove(lease.id());
        }
    }

    /** Closes what fulfils the condition. */
    synchronized void closeIf(Predicate<Lease> condition) {
        allowances.values().forEach(each -> each.closeIf(condition));
    }

    synchronized void close(Lease lease) {
        lease.owner().closeIf(each -> each == lease);
    }

    synchronized void renew(BillingTime at, long ttlMillis) {
        allowances.values().forEach(each -> each.renew(at, ttlMillis));
    }

    /**
     * Housekeeping, about once a second. What is idle is forgotten after a minute or two, so it
     * costs nothing; a request that comes with it after that brings it back.
     */
    void tick() {
        long now = around.nanoTime().getAsLong();
        for (var each : allowances.values()) {
            // One at a time: requests need not wait until all are looked at.
            lookAt(each, now);
        }
    }

    private synchronized void lookAt(Allowance allowance, long now) {
        allowance.tick(now, settings.idle().toNanos());
        long next = allowance.nextWindowMillis(now);
        if (next > 0) {
            askAhead(allowance, next, now);
        }
        if (allowance.unusedTicks() > FORGOTTEN_AFTER_TICKS) {
            allowances.remove(allowance.subject(), allowance);
            allowance.retire(true);
        }
    }

    /** Whether there is nothing here to look after. */
    boolean isIdle() {
        return allowances.isEmpty();
    }
}
