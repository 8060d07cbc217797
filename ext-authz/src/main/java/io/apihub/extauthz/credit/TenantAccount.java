package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The leases on one tenant's account and the requests that wait for one. Taking from a lease is
 * lock free; what happens when none is left goes through a lock, of this tenant only.
 */
final class TenantAccount {

    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(1);

    /** What a waiting request gets: a lease it was taken from, or the reason why not. */
    sealed interface Found {
        record Taken(AccountLease lease) implements Found {}

        record None(HoldOutcome outcome) implements Found {}
    }

    private static final class Waiting {
        private final long amount;
        private final Consumer<Found> done;
        private boolean squeezed;

        Waiting(long amount, Consumer<Found> done) {
            this.amount = amount;
            this.done = done;
        }
    }

    private final ByteString tenantId;
    private final LeaseSettings settings;
    private final CreditLink link;
    private final Delays delays;
    private final LongSupplier nanoTime;
    private final Map<Long, AccountLease> leasesById = new ConcurrentHashMap<>();
    private volatile List<AccountLease> usable = List.of();
    private volatile long lastUsed;
    private volatile boolean asking;
    private volatile long noAskAheadBefore;
    private @Nullable Waiting askedFor;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    TenantAccount(
            ByteString tenantId,
            LeaseSettings settings,
            CreditLink link,
            Delays delays,
            LongSupplier nanoTime) {
        this.tenantId = tenantId;
        this.settings = settings;
        this.link = link;
        this.delays = delays;
        this.nanoTime = nanoTime;
        lastUsed = nanoTime.getAsLong();
        noAskAheadBefore = lastUsed;
    }

    /** Takes from a lease at hand; null if none covers it. */
    @Nullable AccountLease take(long amount) {
        long now = nanoTime.getAsLong();
        lastUsed = now;
        var lease = takeFrom(usable, amount, now);
        if (lease != null && !asking && remaining() < settings.lowWater()) {
            askAhead(amount, now);
        }
        return lease;
    }

    private static @Nullable AccountLease takeFrom(
            List<AccountLease> leases, long amount, long now) {
        for (var lease : leases) {
            if (lease.take(amount, now)) {
                return lease;
            }
        }
        return null;
    }

    private long remaining() {
        long sum = 0;
        for (var lease : usable) {
            sum += lease.balance().remaining();
        }
        return sum;
    }

    private void askAhead(long amount, long now) {
        synchronized (this) {
            if (asking || now - noAskAheadBefore < 0) {
                return;
            }
            askedFor = null;
            ask(amount);
        }
    }

    /** Waits for a lease; {@code done} is told exactly once. */
    void await(long amount, Consumer<Found> done) {
        var request = new Waiting(amount, done);
        AccountLease lease;
        synchronized (this) {
            lease = takeFrom(usable, amount, nanoTime.getAsLong());
            if (lease == null) {
                waiting.add(request);
                askForFirst();
            }
        }
        if (lease != null) {
            done.accept(new Found.Taken(lease));
        } else {
            delays.after(settings.timeout(), () -> giveUp(request));
        }
    }

    private void giveUp(Waiting request) {
        boolean waited;
        synchronized (this) {
            waited = waiting.remove(request);
        }
        if (waited) {
            request.done.accept(new Found.None(new HoldOutcome.Unavailable("no grant in time")));
        }
    }

    private void askForFirst() {
        var first = waiting.peek();
        if (first != null && !asking) {
            closeIf(lease -> lease.isExpired(nanoTime.getAsLong()));
            askedFor = first;
            ask(first.amount);
        }
    }

    private void ask(long needed) {
        long wanted = 0;
        for (var each : waiting) {
            wanted = Math.addExact(wanted, each.amount);
        }
        asking = true;
        long wished = Math.max(needed, Math.max(wanted, settings.grantSize()));
        link.ask(tenantId, needed, wished, this::answered);
    }

    private void answered(GrantAnswer answer) {
        var told = new ArrayList<Runnable>();
        synchronized (this) {
            asking = false;
            switch (answer) {
                case GrantAnswer.Granted granted -> install(granted);
                case GrantAnswer.Refused refused -> refuse(refused, told);
                case GrantAnswer.Unanswered(String why) -> {
                    notAheadForAWhile();
                    waiting.forEach(each -> tell(told, each, new HoldOutcome.Unavailable(why)));
                    waiting.clear();
                }
            }
            serve(told);
            askForFirst();
        }
        told.forEach(Runnable::run);
    }

    private void install(GrantAnswer.Granted granted) {
        // One in fifty for clocks that run at different speeds.
        long ttl = Duration.ofMillis(granted.ttlMillis()).toNanos() / 50 * 49;
        var lease = new AccountLease(granted.leaseId(), granted.amount(), granted.sentNanos(), ttl);
        if (leasesById.putIfAbsent(lease.id(), lease) == null) {
            var now = new ArrayList<>(usable);
            now.add(lease);
            usable = List.copyOf(now);
        }
    }

    /**
     * The account has less than was asked for. What lies here in leases too small for the first one
     * may fill its gap: it goes back, once, and the request is made again.
     */
    private void refuse(GrantAnswer.Refused refused, List<Runnable> told) {
        notAheadForAWhile();
        var first = waiting.peek();
        if (first != null && !first.squeezed && first == askedFor && remaining() > 0) {
            first.squeezed = true;
            closeIf(lease -> true);
            return;
        }
        long most = Math.addExact(refused.available(), remaining());
        waiting.removeIf(each -> {
            boolean tooMuch = each == askedFor || each.amount > most;
            if (tooMuch) {
                tell(told, each, outcomeOf(refused));
            }
            return tooMuch;
        });
    }

    private static HoldOutcome outcomeOf(GrantAnswer.Refused refused) {
        return refused.elsewhere()
                ? new HoldOutcome.Unavailable("leased to other gateways")
                : new HoldOutcome.Exhausted(refused.available());
    }

    private void notAheadForAWhile() {
        noAskAheadBefore = nanoTime.getAsLong() + AFTER_REFUSAL.toNanos();
    }

    private static void tell(List<Runnable> told, Waiting each, HoldOutcome outcome) {
        told.add(() -> each.done.accept(new Found.None(outcome)));
    }

    private void serve(List<Runnable> told) {
        long now = nanoTime.getAsLong();
        waiting.removeIf(each -> {
            var lease = takeFrom(usable, each.amount, now);
            if (lease != null) {
                told.add(() -> each.done.accept(new Found.Taken(lease)));
            }
            return lease != null;
        });
    }

    /** Ends a hold that was taken from one of these leases. */
    void settle(long leaseId, long held, long cost) {
        var lease = leasesById.get(leaseId);
        if (lease == null) {
            throw new IllegalStateException("no lease " + leaseId);
        }
        var balance = lease.settle(held, cost);
        if (balance.closing()) {
            link.giveBack(leaseId, balance.returned());
            forgetIfOver(lease, balance);
        }
    }

    /** Billing wants this lease back, if it is one of ours. */
    synchronized void recall(long leaseId) {
        closeIf(lease -> lease.id() == leaseId);
    }

    synchronized void closeAll() {
        closeIf(lease -> true);
    }

    /** Housekeeping, about once a second. */
    synchronized void tick() {
        long now = nanoTime.getAsLong();
        boolean idle = now - lastUsed >= settings.idle().toNanos();
        closeIf(lease -> idle || lease.isExpired(now) || isLeftover(lease, now));
        var leases = usable;
        boolean allOld = !leases.isEmpty() && leases.stream().allMatch(lease -> lease.isOld(now));
        if (allOld && !asking && now - noAskAheadBefore >= 0) {
            askedFor = null;
            ask(1);
        }
    }

    /** An older lease next to a newer one, too small or too old to be of use. */
    private boolean isLeftover(AccountLease lease, long now) {
        boolean newest = usable.getLast() == lease;
        return !newest && (lease.isOld(now) || lease.balance().remaining() < settings.lowWater());
    }

    private void closeIf(Predicate<AccountLease> condition) {
        var kept = new ArrayList<AccountLease>();
        for (var lease : usable) {
            if (condition.test(lease)) {
                var balance = lease.close();
                link.giveBack(lease.id(), balance.returned());
                forgetIfOver(lease, balance);
            } else {
                kept.add(lease);
            }
        }
        usable = List.copyOf(kept);
    }

    private void forgetIfOver(AccountLease lease, LeaseBalance balance) {
        if (balance.isOver()) {
            leasesById.remove(lease.id());
        }
    }

    /** All leases that hold money, for an inventory. */
    List<AccountLease> leases() {
        return List.copyOf(leasesById.values());
    }
}
