package io.apihub.billing.usage;

import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.ClosedLeases;
import io.apihub.billing.budget.CreditOffice;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.LimitHome;
import io.apihub.billing.budget.ShadowLimits;
import io.apihub.billing.ledger.Book;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.pricing.PriceBooks;
import io.apihub.billing.testing.Bank;
import io.apihub.model.money.Credits;
import io.apihub.usage.v1.UsageRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes steps on the real tables, by any number of threads, and notes each. */
final class RealHistory {

    /** Time jumps in few of a history's steps. */
    private static final int ATTEMPTS = 20;

    private final Bank bank;
    private final Queue<Step.Taken> taken = new ConcurrentLinkedQueue<>();
    private final AtomicLong ahead = new AtomicLong();
    private final NotingStore noting;
    private final CreditStore store;
    private final Leases leases;
    private final UsageIngest ingest;
    private final ShadowLimits shadows = new ShadowLimits();
    private ShadowLimits.@Nullable Of shadow;

    RealHistory(Bank bank) {
        this.bank = bank;
        bank.owner().execute("CREATE SEQUENCE IF NOT EXISTS public.history");
        bank.owner().execute("GRANT USAGE ON SEQUENCE public.history TO apihub_billing");
        noting =
                new NotingStore(
                        bank.get(CreditStore.class),
                        () -> System.currentTimeMillis() + ahead.get(),
                        () -> bank.count("SELECT nextval('public.history')"),
                        (step, noted) -> taken.add(new Step.Taken(step, noted)));
        store = noting.store();
        leases = new Leases(store);
        ingest =
                new UsageIngest(
                        new UsageBooks(
                                store,
                                bank.get(UsageStore.class),
                                bank.get(Book.class),
                                bank.get(PriceBooks.class)::version,
                                shadows,
                                uids -> Map.of()),
                        new SecureRandom(),
                        new SimpleMeterRegistry());
    }

    /** All steps in an order in which one thread could have taken them. */
    List<Step.Taken> inOrder() {
        return taken.stream()
                .sorted(Comparator.comparingLong(step -> step.noted().order()))
                .toList();
    }

    /** What is counted in Shadow from the beginning. */
    void shadow(ShadowLimits.Of limits) {
        shadow = limits;
        shadows.follow(List.of(limits));
    }

    ShadowLimits.Of shadow() {
        return Objects.requireNonNull(shadow);
    }

    private void take(Step step) {
        taken.add(new Step.Taken(step, noting.noted()));
    }

    private static <T> T guarded(Lock lock, Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Time goes on, so that windows end. */
    void later(Duration duration) {
        ahead.addAndGet(duration.toMillis());
    }

    long nowMillis() {
        return System.currentTimeMillis() + ahead.get();
    }

    List<Answer> grant(List<Ask> asks) {
        var answers = granted(asks);
        take(new Step.Granted(asks, answers));
        return answers;
    }

    /**
     * Time may run away from a request again and again; then it comes again, as a gateway's does.
     */
    private List<Answer> granted(List<Ask> asks) {
        for (int attempt = 1; ; attempt++) {
            try {
                return leases.grant(asks);
            } catch (IllegalStateException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    void giveBack(List<Leases.GivenBack> returns) {
        leases.giveBack(returns);
        take(new Step.Returned(returns));
    }

    void report(List<UsageRecord> records) {
        var outcome = ingest.ingest("g", records);
        take(
                new Step.Reported(
                        records, outcome.rejected().stream().map(RejectedUsage::reason).toList()));
    }

    void live(UUID incarnation, Step.Turn turn) {
        guarded(
                noting.phantoms().readLock(),
                () ->
                        store.inTransaction(() -> {
                            switch (turn) {
                                case HELLO -> store.hello(incarnation, "g");
                                case SEEN -> store.seen(incarnation);
                                case PARKED -> store.park(incarnation, "g");
                                case CLOSED -> store.close(incarnation);
                            }
                            return true;
                        }));
        take(new Step.Life(incarnation, turn));
    }

    /** An incarnation says that it is done. */
    void drain(UUID incarnation) {
        live(incarnation, Step.Turn.CLOSED);
        closeLeases(incarnation);
    }

    private List<Long> closeLeases(UUID incarnation) {
        var open = store.openLeases(incarnation, Integer.MAX_VALUE);
        if (!open.isEmpty()) {
            ClosedLeases.close(store, open);
            take(new Step.LeasesClosed(open));
        }
        return open;
    }

    void silence() {
        int parked =
                guarded(
                        noting.phantoms().writeLock(),
                        () -> store.inTransaction(() -> store.parkSilent(Duration.ZERO)));
        take(new Step.Silence(parked));
    }

    void expire() {
        var expired = store.inTransaction(() -> store.expiredShares(Duration.ZERO, Duration.ZERO));
        take(new Step.Expired(expired));
        if (!expired.isEmpty()) {
            ClosedLeases.close(store, expired);
            take(new Step.LeasesClosed(expired));
        }
    }

    /** Who is parked is given up, as after a day. */
    void giveUp() {
        for (var incarnation : store.parkedFor(Duration.ZERO)) {
            live(incarnation, Step.Turn.CLOSED);
            int closed = closeLeases(incarnation).size();
            store.inTransaction(() -> {
                store.giveUp(incarnation, closed, closed);
                return true;
            });
            take(new Step.GivenUp(incarnation, closed, closed));
        }
    }

    void follow(LimitHome home) {
        noting.changed(home);
        var office =
                new CreditOffice(
                        store,
                        new CreditOffice.Surroundings(
                                () -> true,
                                System::nanoTime,
                                Duration.ofHours(1),
                                new SimpleMeterRegistry()));
        guarded(
                noting.phantoms().writeLock(),
                () -> {
                    office.rounds().followPolicies();
                    return true;
                });
        take(new Step.Followed(home));
    }

    void credit(UUID tenant, long account, long micros) {
        var posting =
                Posting.transfer(
                                TransactionKind.GRANT,
                                "history/" + UUID.randomUUID(),
                                bank.platform(PlatformAccount.GRANTS),
                                account,
                                new Credits(micros))
                        .by("tester", "a history");
        store.inTransaction(() -> bank.get(Book.class).post(List.of(posting)));
        take(new Step.Credited(tenant, micros));
    }
}
