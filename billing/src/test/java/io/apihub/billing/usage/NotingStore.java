package io.apihub.billing.usage;

import io.apihub.billing.account.Account;
import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitHome;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Share;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The real store, with a clock from outside. Notes of each transaction what it read without a lock,
 * and gives it a number just before it commits, while it still has all of its locks.
 */
final class NotingStore implements InvocationHandler {

    private final CreditStore real;
    private final LongSupplier millis;
    private final LongSupplier numbers;
    private final BiConsumer<Step, Step.Noted> made;
    private final ReadWriteLock phantoms = new ReentrantReadWriteLock();
    private final ThreadLocal<Note> notes = ThreadLocal.withInitial(Note::new);

    /** What a thread's last transaction read. */
    private static final class Note {
        long order;
        long now;
        int gateways = 1;

        /** By this transaction's clock something was chosen, so it must not go on. */
        boolean chosenByTime;

        @Nullable LimitHome changed;
        Map<LimitName, Limit> limits = Map.of();
        final Map<UUID, Long> credit = new HashMap<>();
        List<CreditStore.Held> held = List.of();

        Step.Noted noted() {
            return new Step.Noted(
                    order, now, gateways, Map.copyOf(limits), Map.copyOf(credit), held);
        }
    }

    /**
     * A noting store.
     *
     * @param millis the clock
     * @param numbers from a sequence of the database
     * @param made is told of rows that were made
     */
    NotingStore(
            CreditStore real,
            LongSupplier millis,
            LongSupplier numbers,
            BiConsumer<Step, Step.Noted> made) {
        this.real = real;
        this.millis = millis;
        this.numbers = numbers;
        this.made = made;
    }

    CreditStore store() {
        return (CreditStore)
                Proxy.newProxyInstance(
                        CreditStore.class.getClassLoader(),
                        new Class<?>[] {CreditStore.class},
                        this);
    }

    /** What this thread's last transaction read. */
    Step.Noted noted() {
        return notes.get().noted();
    }

    /**
     * Locks of rows don't keep new rows away from who looks for all of a kind: who makes rows reads
     * here, who looks for all writes.
     */
    ReadWriteLock phantoms() {
        return phantoms;
    }

    /** The only object that changed, for this thread. */
    void changed(LimitHome home) {
        notes.get().changed = home;
    }

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable Object invoke(Object proxy, Method method, Object[] arguments)
            throws Throwable {
        var note = notes.get();
        try {
            return switch (method.getName()) {
                case "inTransaction" -> numbered(note, (Supplier<Object>) arguments[0]);
                case "create" -> create(note, arguments);
                case "changes" -> changes(note, (Long) arguments[0]);
                case "reading" -> reading(note);
                case "lockIncarnations" -> {
                    var roll = (CreditStore.Roll) method.invoke(real, arguments);
                    note.now = millis.getAsLong();
                    note.gateways = roll.gateways();
                    yield new CreditStore.Roll(note.now, note.gateways, roll.open());
                }
                case "limits" -> {
                    note.limits = (Map<LimitName, Limit>) method.invoke(real, arguments);
                    yield note.limits;
                }
                case "held" -> {
                    note.held = (List<CreditStore.Held>) method.invoke(real, arguments);
                    yield note.held;
                }
                case "lockAccounts" -> {
                    var accounts = (Map<UUID, Account>) method.invoke(real, arguments);
                    accounts.forEach((tenant, account) ->
                            note.credit.put(tenant, account.creditLimit().micros()));
                    yield accounts;
                }
                case "lockBudgetsOf" ->
                        running(note, (List<Budget>) method.invoke(real, arguments));
                default -> method.invoke(real, arguments);
            };
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object numbered(Note note, Supplier<Object> work) {
        note.limits = Map.of();
        note.credit.clear();
        note.held = List.of();
        note.now = millis.getAsLong();
        note.chosenByTime = false;
        return real.inTransaction(() -> {
            var result = work.get();
            note.order = numbers.getAsLong();
            return result;
        });
    }

    private CreditStore.Reading reading(Note note) {
        var reading = real.reading();
        if (!note.chosenByTime) {
            note.now = millis.getAsLong();
        }
        return new CreditStore.Reading(note.now, reading.timeline(), reading.database());
    }

    private static CreditStore.Changes changes(Note note, long since) {
        var home = note.changed;
        return since == 0 && home != null
                ? new CreditStore.Changes(1, List.of(home), List.of())
                : new CreditStore.Changes(since, List.of(), List.of());
    }

    /** The real statement goes by the database's own clock. */
    private List<Budget> running(Note note, List<Budget> budgets) {
        note.now = millis.getAsLong();
        note.chosenByTime = true;
        return budgets.stream()
                .filter(budget -> budget.key().span().endMillis() > note.now)
                .toList();
    }

    /** Rows that exist stay as they are, so this has its place in the order too. */
    @SuppressWarnings("unchecked")
    private @Nullable Object create(Note note, Object[] arguments) {
        var budgets = (Map<Budget.Key, Limit>) arguments[0];
        var shares = (Map<Share.Key, Limit>) arguments[1];
        phantoms.readLock().lock();
        try {
            numbered(
                    note,
                    () -> {
                        real.create(budgets, shares);
                        return true;
                    });
        } finally {
            phantoms.readLock().unlock();
        }
        made.accept(new Step.Made(Map.copyOf(budgets), Map.copyOf(shares)), note.noted());
        return null;
    }
}
