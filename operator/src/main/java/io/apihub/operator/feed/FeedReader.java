package io.apihub.operator.feed;

import io.apihub.operator.registry.Head;
import io.apihub.operator.registry.RegistryUnavailableException;
import io.apihub.policy.v1.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the registry for all gateways of this replica: knows the head, and keeps the newest
 * changes in memory so that each is read from Postgres once, however many gateways there are.
 */
public final class FeedReader {

    /** Changes kept in memory. Whoever is further behind reads from Postgres. */
    static final int MAX_KEPT = 20_000;

    /** A head that was not confirmed for so long is not vouched for: no heartbeats. */
    static final long MAX_UNCONFIRMED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Logger LOG = LoggerFactory.getLogger(FeedReader.class);

    private final RegistryChanges changes;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Deque<Change> kept = new ArrayDeque<>();
    private @Nullable Head head;
    private long keptAfter;
    private long confirmedAtNanos;

    public FeedReader(DataSource database, String cluster, LongSupplier nanoTime) {
        this.changes = new RegistryChanges(database, cluster);
        this.nanoTime = nanoTime;
    }

    /** Reads what is new. Called by the registry's listener; never throws. */
    public void refresh() {
        try {
            var news = new News();
            long asked = nanoTime.getAsLong();
            var before = head;
            changes.since(before == null ? Long.MAX_VALUE : before.revision(), news::begin);
            accept(news, before, asked);
        } catch (RegistryUnavailableException e) {
            LOG.warn("can't follow the registry: {}", e.getMessage());
        }
    }

    private void accept(News news, @Nullable Head before, long asked) {
        lock.lock();
        try {
            var now = news.head();
            confirmedAtNanos = asked;
            if (before != null && continues(before, now) && !news.tooMany) {
                kept.addAll(news.changes);
                trim();
            } else {
                kept.clear();
                keptAfter = now.revision();
            }
            head = now;
            if (!now.equals(before)) {
                moved.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private static boolean continues(Head before, Head now) {
        return before.epoch().equals(now.epoch()) && before.revision() <= now.revision();
    }

    private void trim() {
        while (kept.size() > MAX_KEPT) {
            // A revision is dropped as a whole, else a delta could begin within it.
            keptAfter = kept.getFirst().getRevision();
            while (!kept.isEmpty() && kept.getFirst().getRevision() <= keptAfter) {
                kept.removeFirst();
            }
        }
    }

    /** Where the registry stands, if Postgres confirmed it lately. */
    public Optional<Head> confirmedHead() {
        lock.lock();
        try {
            boolean fresh = nanoTime.getAsLong() - confirmedAtNanos <= MAX_UNCONFIRMED_NANOS;
            return fresh ? Optional.ofNullable(head) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** The changes after a revision up to the head, if memory still has them all. */
    Optional<Step> stepAfter(Head from) {
        lock.lock();
        try {
            var now = head;
            if (now == null || !continues(from, now) || from.revision() < keptAfter) {
                return Optional.empty();
            }
            var step = new ArrayList<Change>();
            for (var change : kept) {
                if (change.getRevision() > from.revision()) {
                    step.add(change);
                }
            }
            return Optional.of(new Step(now, List.copyOf(step)));
        } finally {
            lock.unlock();
        }
    }

    /** Where the registry stood when it was last read; null before the first time. */
    @Nullable Head head() {
        lock.lock();
        try {
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the head is another one than {@code seen}, at most for {@code nanos}. */
    void awaitMove(@Nullable Head seen, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && Objects.equals(head, seen)) {
                left = moved.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Reads from Postgres, for whoever is too far behind. */
    RegistryChanges registry() {
        return changes;
    }

    /** Changes that lead to {@code head}. */
    record Step(Head head, List<Change> changes) {}

    /** Collects what one read brings, up to what may be kept. */
    private static final class News {
        private @Nullable Head head;
        private final List<Change> changes = new ArrayList<>();
        private boolean tooMany;

        Consumer<Change> begin(Head head) {
            this.head = head;
            return change -> {
                if (changes.size() < MAX_KEPT) {
                    changes.add(change);
                } else {
                    tooMany = true;
                }
            };
        }

        Head head() {
            if (head == null) {
                throw new IllegalStateException("nothing was read");
            }
            return head;
        }
    }
}
