package io.apihub.extauthz.credit;

import io.apihub.credit.v1.Want;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * This gateway's part of one account or limit: the leases it has of it. Taking needs no lock;
 * everything else is guarded by the tenant's desk.
 */
public final class Allowance {

    private static final Lease[] NONE = {};
    private static final AtomicLongFieldUpdater<Allowance> COMING =
            AtomicLongFieldUpdater.newUpdater(Allowance.class, "coming");
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final double MINUTE = 60e9;

    /** So long billing's "no" is believed without asking again. */
    private static final long BELIEVED = 250 * MILLI;

    private static final long NOT_AHEAD_AFTER_REFUSAL = 10 * SECOND;

    /** The next window may be had five seconds early, by billing's clock. */
    private static final long EARLY = 4_500 * MILLI;

    /** More shares than these are joined: the small ones go back and come again as one. */
    private static final int MOST_SHARES = 6;

    private final Subject subject;
    private final TenantDesk desk;
    private final Demand demand = new Demand();

    /** What requests that ended did not use, until it may be taken again. */
    @SuppressWarnings("UnusedVariable") // Changed by the updater.
    private volatile long coming;

    private volatile long limit;
    private volatile Lease[] leases = NONE;
    private volatile long lowWater = -1;
    private volatile boolean low;

    // Guarded by the desk.
    private @Nullable Ask ask;
    private boolean retired;
    private long unused;
    private boolean refused;
    private long available;
    private long resets;
    private long believedUntil;
    private boolean notAhead;
    private long notAheadUntil;

    Allowance(Subject subject, long limit, TenantDesk desk) {
        this.subject = subject;
        this.limit = limit;
        this.desk = desk;
    }

    public Subject subject() {
        return subject;
    }

    /** The whole limit's amount. */
    public long limit() {
        return limit;
    }

    TenantDesk desk() {
        return desk;
    }

    Lease[] leases() {
        return leases;
    }

    boolean isRate() {
        return subject.kind() == Subject.Kind.RATE;
    }

    private boolean isShare() {
        return isRate() || subject.kind() == Subject.Kind.SLOTS;
    }

    /** Was taken from; {@code mark} is what is left of an amount. */
    void took(long amount, long mark) {
        demand.held(amount);
        if (mark < lowWater && !low) {
            low = true;
            desk.lowSoon(this);
        }
    }

    /** What is left of a rate as far as this gateway knows: less what was used here. */
    public long leftOfRate(long now) {
        return Math.max(0, limit - usedOfRate(now));
    }

    /** Of a rate: nanoseconds until nothing that was used here counts any more. */
    public long resetNanos(long now) {
        long used = usedOfRate(now);
        return limit <= 0 ? 0 : (long) Math.ceil((double) used / limit * MINUTE);
    }

    private long usedOfRate(long now) {
        long used = 0;
        for (var lease : leases) {
            used += lease.size() - lease.remaining(now);
        }
        return used;
    }

    /** What could be taken at once now, by all leases here together. */
    long remaining(long now) {
        long sum = 0;
        for (var lease : leases) {
            sum += lease.term().isOpen(now) ? lease.remaining(now) : 0;
        }
        return sum;
    }

    void comesBack(long amount) {
        COMING.addAndGet(this, amount);
    }

    void cameBack(long amount) {
        COMING.addAndGet(this, -amount);
    }

    /** Whether there will be more here as soon as the journal is on the disk. */
    boolean isComingBack() {
        return coming > 0;
    }

    private long size() {
        long sum = 0;
        for (var lease : leases) {
            sum += lease.size();
        }
        return sum;
    }

    Demand demand() {
        return demand;
    }

    @Nullable Ask ask() {
        return ask;
    }

    void askedBy(@Nullable Ask current) {
        ask = current;
    }

    /** What is declared now; billing's last word was about another amount. */
    void declare(long amount) {
        if (amount != limit) {
            limit = amount;
            believedUntil = Long.MIN_VALUE;
            refused = false;
            notAhead = false;
        }
    }

    Want want(long needed, long windowStartMillis, long now) {
        return Want.newBuilder()
                .setSubject(subject.toMessage(windowStartMillis))
                .setNeeded(needed)
                .setWished(isShare() ? Math.max(needed, limit) : wish(needed, now))
                .build();
    }

    private long wish(long needed, long now) {
        return demand.wish(needed, Math.max(needed, limit), now);
    }

    void install(io.apihub.credit.v1.Lease granted, BillingTime at) {
        refused = false;
        notAhead = false;
        var more = new ArrayList<>(List.of(leases));
        more.add(desk.leaseOf(this, granted, at));
        leases = more.toArray(NONE);
        lowWater = isShare() ? -1 : Math.max(0, granted.getGranted()) / 4;
        low = false;
    }

    /** Billing said no. */
    void refusedBy(io.apihub.credit.v1.Refusal refusal, BillingTime at, long now) {
        low = false;
        refused = true;
        available = Math.max(0, refusal.getAvailable());
        long resetsAt = refusal.getResetsAtMillis();
        resets = resetsAt == 0 ? Refusal.NEVER : Math.max(1, at.nanosAt(resetsAt) - now);
        believedUntil = now + (isShare() ? SECOND : BELIEVED);
        resets = resets == Refusal.NEVER ? resets : now + resets;
        notAheadFrom(now);
    }

    void notAheadFrom(long now) {
        low = false;
        notAhead = true;
        notAheadUntil = now + NOT_AHEAD_AFTER_REFUSAL;
    }

    boolean mayAskAhead(long now) {
        return ask == null && !(notAhead && now - notAheadUntil < 0);
    }

    /** Whether a share is here at all, so that a request need not wait for a recall elsewhere. */
    boolean hasShare() {
        return isShare() && leases.length > 0;
    }

    /**
     * The answer to a request for which there is not enough here, if it is known without asking.
     */
    @Nullable Refusal knownRefusal(long amount, long now) {
        if (limit <= 0 || (isShare() && amount > limit)) {
            return new Refusal(subject, amount, 0, limit, Refusal.NEVER, false);
        }
        boolean believed = refused && now - believedUntil < 0;
        if (isShare()) {
            return believed || size() >= limit ? shareRefusal(amount, now) : null;
        }
        return believed && amount > available ? refusal(amount, now) : null;
    }

    /**
     * What billing said last, though it would be asked again, until the window resets. Not of an
     * account: money may have come in.
     */
    @Nullable Refusal rememberedRefusal(long amount, long now) {
        boolean stands =
                refused
                        && subject.kind() == Subject.Kind.BUDGET
                        && amount > available
                        && (resets == Refusal.NEVER || resets - now > 0);
        return stands ? refusal(amount, now) : null;
    }

    private Refusal shareRefusal(long amount, long now) {
        long wait = Refusal.NEVER;
        for (var lease : leases) {
            if (lease instanceof RateLease rate) {
                wait = Math.min(wait, rate.waitNanos(amount, now));
            }
        }
        wait = wait == Refusal.NEVER ? SECOND : Math.max(1, wait);
        return new Refusal(subject, amount, remaining(now), limit, wait, false);
    }

    /** As billing said last. */
    Refusal refusal(long amount, long now) {
        if (isShare()) {
            return shareRefusal(amount, now);
        }
        long wait = resets == Refusal.NEVER ? Refusal.NEVER : Math.max(1, resets - now);
        return new Refusal(subject, amount, available, limit, wait, true);
    }

    /** Whether giving back what lies here, too small for the amount, may fill the gap. */
    boolean isWorthSqueezing(long amount, long now) {
        if (!isRate()) {
            return remaining(now) > 0;
        }
        for (var lease : leases) {
            if (lease.size() >= amount) {
                return false;
            }
        }
        return leases.length > 0;
    }

    void closeIf(Predicate<Lease> condition) {
        var kept = leases;
        for (var lease : leases) {
            if (condition.test(lease)) {
                lease.close();
                demand.closed(lease.size() - lease.returnedTotal());
                desk.tell(lease);
                kept = without(kept, lease);
            }
        }
        if (kept.length < leases.length) {
            leases = kept;
        }
    }

    private static Lease[] without(Lease[] all, Lease gone) {
        return Stream.of(all).filter(lease -> lease != gone).toArray(Lease[]::new);
    }

    void renew(BillingTime at, long ttlMillis) {
        for (var lease : leases) {
            lease.term().renew(at, ttlMillis);
        }
    }

    /** Housekeeping, about once a second. */
    void tick(long now, long idleNanos) {
        long used = 0;
        for (var lease : leases) {
            used += isRate() ? 0 : lease.size() - lease.remaining(now);
        }
        demand.tick(used);
        closeIf(lease ->
                lease.term().isOver(now)
                        || (lease.idleNanos(now) >= idleNanos && !isOccupied(lease))
                        || isLeftover(lease, now));
        unused = leases.length > 0 || ask != null ? 0 : unused + 1;
    }

    /** Slots in use are not idle, however long a request takes. */
    private boolean isOccupied(Lease lease) {
        return isShare() && lease.open() > 0;
    }

    /** An older lease next to a newer one of the same window, too small to be of use. */
    private boolean isLeftover(Lease lease, long now) {
        var newest = leases[leases.length - 1];
        if (newest == lease || newest.term().endsAtMillis() != lease.term().endsAtMillis()) {
            return false;
        }
        return isShare()
                ? leases.length > MOST_SHARES && lease.open() == 0 && 8 * lease.size() < size()
                : lease.remaining(now) < lowWater;
    }

    /** The end of the window whose successor is to be had now; 0 = none. */
    long nextWindowMillis(long now) {
        if (leases.length == 0 || demand.isIdle() || !mayAskAhead(now)) {
            return 0;
        }
        var term = leases[leases.length - 1].term();
        boolean near = !term.isEarly(now) && !term.isOver(now) && term.endsWithin(EARLY, now);
        return near ? term.endsAtMillis() : 0;
    }

    /** Ticks for which there was nothing here. */
    long unusedTicks() {
        return unused;
    }

    boolean isRetired() {
        return retired;
    }

    /** It is forgotten, or remembered again: as new. */
    void retire(boolean gone) {
        retired = gone;
        unused = 0;
        demand.forget();
    }
}
