package io.apihub.e2e.simulation;

import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.MemoryCreditStore;
import io.apihub.billing.budget.MemoryRows;
import io.apihub.billing.usage.MemoryUsage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Objects;
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
    private final MemoryUsage usage;
    private boolean synchronous = true;
    private final Touched touched = new Touched();
    private long timeline = 1;
    private @Nullable String nextFailure;
    private @Nullable MemoryRows survivingRows;
    private @Nullable Runnable survivingUsage;

    Bank(LongSupplier millis) {
        this.rows = new MemoryCreditStore(millis);
        this.usage = new MemoryUsage(rows);
    }

    MemoryCreditStore rows() {
        return rows;
    }

    MemoryUsage usage() {
        return usage;
    }

    /** The rows as a billing sees them through its connection. */
    CreditStore connection() {
        return (CreditStore)
                Proxy.newProxyInstance(
                        CreditStore.class.getClassLoader(),
                        new Class<?>[] {CreditStore.class},
                        (_, method, arguments) -> call(method, arguments));
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("inTransaction") && arguments != null) {
            touched.any();
            return transaction((Supplier<?>) arguments[0]);
        }
        var answer = Calls.through(rows, method, arguments);
        if (arguments != null) {
            switch (method.getName()) {
                case "save" -> touched.saved(rows(arguments[0]), rows(arguments[1]));
                case "insert" -> touched.inserted(rows(arguments[0]), rows(answer));
                default -> {}
            }
        }
        return answer;
    }

    private static Collection<?> rows(@Nullable Object collection) {
        return (Collection<?>) Objects.requireNonNull(collection);
    }

    private Object transaction(@Nullable Supplier<?> work) {
        var failure = nextFailure;
        nextFailure = null;
        if (work == null) {
            throw new IllegalArgumentException("no work");
        }
        Object result =
                rows.inTransaction(() -> {
                    Object done = work.get();
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

    /** What may be different since it was cleared. */
    Touched touched() {
        return touched;
    }

    void away(boolean now) {
        rows.away(now);
    }

    /** How the next transaction fails: {@code before} its commit or {@code after}. */
    void failNext(String how) {
        nextFailure = how;
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
