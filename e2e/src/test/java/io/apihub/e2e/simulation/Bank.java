package io.apihub.e2e.simulation;

import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.MemoryCreditStore;
import io.apihub.billing.budget.MemoryRows;
import io.apihub.billing.budget.Pot;
import io.apihub.billing.usage.MemoryUsage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one database that all billings share, and its faults: it is away, a transaction fails before
 * its commit or nobody hears of it, another instance takes over that may not have the last commits.
 */
final class Bank {

    /** The database went away in the middle. */
    static final class Down extends RuntimeException {
        private static final long serialVersionUID = 1;

        Down(String why) {
            super(why, null, false, false);
        }
    }

    private final MemoryCreditStore rows;
    private final Consumer<Collection<Long>> recalled;
    private final MemoryUsage usage;
    private boolean synchronous = true;
    private final Touched touched = new Touched();
    private long timeline = 1;
    private boolean lossy;
    private @Nullable String nextFailure;
    private int failures;
    private @Nullable MemoryRows survivingRows;
    private @Nullable Runnable survivingUsage;

    /**
     * An empty one.
     *
     * @param recalled is told of leases that are asked back
     */
    Bank(LongSupplier millis, Consumer<Collection<Long>> recalled) {
        this.recalled = recalled;
        this.rows = new Rows(millis);
        this.usage = new MemoryUsage(rows);
    }

    MemoryCreditStore rows() {
        return rows;
    }

    MemoryUsage usage() {
        return usage;
    }

    /** The rows as a billing sees them through its connection. */
    private final class Rows extends MemoryCreditStore {

        Rows(LongSupplier millis) {
            super(millis);
        }

        @Override
        public <T> T inTransaction(Supplier<T> work) {
            touched.any();
            var failure = nextFailure;
            if (--failures <= 0) {
                nextFailure = null;
            }
            T result =
                    super.inTransaction(() -> {
                        T done = work.get();
                        if ("before".equals(failure)) {
                            throw new Down("failed before the commit");
                        }
                        return done;
                    });
            if ("after".equals(failure)) {
                throw new Down("nobody heard of the commit");
            }
            return result;
        }

        @Override
        public void recall(Collection<Long> leases) {
            super.recall(leases);
            recalled.accept(leases);
        }

        @Override
        public List<Long> insert(List<Lease> leases) {
            var numbers = super.insert(leases);
            touched.inserted(leases, numbers);
            return numbers;
        }

        @Override
        public void save(Collection<? extends Pot> pots, Collection<Lease> leases) {
            super.save(pots, leases);
            touched.saved(pots, leases);
        }
    }

    /** What may be different since it was cleared. */
    Touched touched() {
        return touched;
    }

    /** Spent and leased of a limit, in the fullest of its counters. */
    long used(LimitName limit) {
        long used = 0;
        for (var row : rows.rows().budgets().values()) {
            if (row.key().limit().name().equals(limit)) {
                used = Math.max(used, row.counts().spent() + row.counts().leased());
            }
        }
        for (var row : rows.rows().shares().values()) {
            if (row.key().limit().name().equals(limit)) {
                used = Math.max(used, row.counts().leased());
            }
        }
        return used;
    }

    /** What of a tenant's money is not leased. */
    long free(UUID tenant) {
        var account = rows.rows().accounts().get(tenant);
        return account == null ? 0 : account.balance() - account.leased();
    }

    /** Gives a tenant more, or takes back what is less than zero, if it is free. */
    void pay(UUID tenant, long amount) {
        rows.credit(tenant, amount, 0);
        touched.any();
    }

    void away(boolean now) {
        rows.away(now);
    }

    /**
     * How the next transaction fails: {@code before} its commit or {@code after}. Of the one behind
     * nobody hears either: a connection that broke is rarely the only one.
     */
    void failNext(String how) {
        nextFailure = how;
        failures = how.equals("after") ? 2 : 1;
    }

    boolean isSynchronous() {
        return synchronous;
    }

    /** From now on commits may be lost. */
    void asynchronous() {
        synchronous = false;
        replicated();
    }

    /** The other instance has everything up to now. */
    void replicated() {
        survivingRows = rows.copy();
        survivingUsage = usage.copy();
    }

    /** Another instance takes over; if commits were asynchronous, with what was replicated. */
    void failOver() {
        var copied = survivingRows;
        var restored = survivingUsage;
        if (synchronous || copied == null || restored == null) {
            rows.failOver(rows.copy());
        } else {
            lossy = true;
            rows.failOver(copied);
            restored.run();
        }
        timeline++;
        touched.any();
    }

    void synchronous() {
        synchronous = true;
        survivingRows = null;
        survivingUsage = null;
    }

    /** Whether commits were lost at a fail-over. */
    boolean hasLost() {
        return lossy;
    }

    long timeline() {
        return timeline;
    }

    /** Calls of interfaces by reflection, as if there were none. */
    static final class Calls {

        private Calls() {}

        static @Nullable Object through(
                Object to, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            try {
                return method.invoke(to, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }
    }
}
