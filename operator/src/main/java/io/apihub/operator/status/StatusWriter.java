package io.apihub.operator.status;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes all statuses of this operator: at most {@link #PER_SECOND} a second, revocations first,
 * for each object only the newest. A write that fails is tried again until the object is gone.
 */
public final class StatusWriter implements Statuses, AutoCloseable {

    static final int PER_SECOND = 20;

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long REMEMBER_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int MAX_REMEMBERED = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);

    private final Consumer<CustomResource<?, ?>> patch;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Pending> urgent = new LinkedHashMap<>();
    private final Map<String, Pending> normal = new LinkedHashMap<>();
    private final Map<String, Written> written = new LinkedHashMap<>();
    private final Thread thread;
    private long tokens = PER_SECOND;
    private long refilledAt;
    private int underway;
    private boolean closed;

    /**
     * Starts the writer.
     *
     * @param patch writes {@code status} of the resource it gets; may throw {@link
     *     KubernetesClientException}
     */
    public StatusWriter(Consumer<CustomResource<?, ?>> patch, LongSupplier nanoTime) {
        this.patch = patch;
        this.nanoTime = nanoTime;
        this.refilledAt = nanoTime.getAsLong();
        this.thread = Thread.ofPlatform().daemon().name("status-writer").start(this::run);
    }

    @Override
    @SuppressWarnings("unchecked") // a uid has one kind, and a kind has one status
    public <S> @Nullable S latest(CustomResource<?, S> resource) {
        var uid = resource.getMetadata().getUid();
        lock.lock();
        try {
            var pending = urgent.containsKey(uid) ? urgent.get(uid) : normal.get(uid);
            if (pending != null) {
                return (S) pending.status;
            }
            var done = written.get(uid);
            if (done == null) {
                return resource.getStatus();
            }
            boolean seen = done.status.equals(resource.getStatus());
            if (seen || nanoTime.getAsLong() - done.atNanos > REMEMBER_NANOS) {
                written.remove(uid);
                return resource.getStatus();
            }
            return (S) done.status;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public <S> void write(CustomResource<?, S> resource, S status, Urgency urgency) {
        if (status.equals(latest(resource))) {
            return;
        }
        var uid = resource.getMetadata().getUid();
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            long dueAt = urgency == Urgency.UNSETTLED ? now + SETTLE_NANOS : now;
            boolean first = urgent.remove(uid) != null || urgency == Urgency.REVOCATION;
            normal.remove(uid);
            (first ? urgent : normal).put(uid, new Pending(resource, status, dueAt));
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Statuses that are not written yet. */
    public int waiting() {
        lock.lock();
        try {
            return urgent.size() + normal.size() + underway;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (var next = take(); next != null; next = take()) {
                write(next);
                done();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void done() {
        lock.lock();
        try {
            underway = 0;
        } finally {
            lock.unlock();
        }
    }

    private void write(Pending pending) {
        try {
            patch.accept(StatusOnly.of(pending.resource, pending.status));
        } catch (KubernetesClientException e) {
            boolean gone = e.getCode() == 404 || e.getCode() == 409;
            if (!gone) {
                LOG.warn("can't write the status of {}: {}", pending.name(), e.getMessage());
            }
            forget(pending, !gone);
        } catch (RuntimeException e) {
            LOG.error("the status of {} can't be written", pending.name(), e);
            forget(pending, false);
        }
    }

    /**
     * A failed write is not remembered as done; it waits for another turn unless a newer one does.
     */
    private void forget(Pending pending, boolean retry) {
        var uid = pending.resource.getMetadata().getUid();
        lock.lock();
        try {
            written.remove(uid);
            if (retry && !urgent.containsKey(uid) && !normal.containsKey(uid)) {
                normal.put(
                        uid,
                        new Pending(
                                pending.resource,
                                pending.status,
                                nanoTime.getAsLong() + RETRY_NANOS));
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Pending take() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long now = nanoTime.getAsLong();
                refill(now);
                var due = tokens > 0 ? firstDue(now) : null;
                if (due != null) {
                    tokens--;
                    underway = 1;
                    remember(due, now);
                    return due;
                }
                boolean idle = urgent.isEmpty() && normal.isEmpty();
                long left = changed.awaitNanos(idle ? RETRY_NANOS : INTERVAL_NANOS / 5);
                LOG.trace("woken with {} ns left", left);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void refill(long now) {
        long more = (now - refilledAt) / INTERVAL_NANOS;
        if (more > 0) {
            tokens = Math.min(PER_SECOND, tokens + more);
            refilledAt += more * INTERVAL_NANOS;
        }
    }

    private @Nullable Pending firstDue(long now) {
        for (var lane : List.of(urgent, normal)) {
            var entries = lane.values().iterator();
            while (entries.hasNext()) {
                var pending = entries.next();
                if (pending.dueAt <= now) {
                    entries.remove();
                    return pending;
                }
            }
        }
        return null;
    }

    private void remember(Pending pending, long now) {
        written.put(pending.resource.getMetadata().getUid(), new Written(pending.status, now));
        if (written.size() > MAX_REMEMBERED) {
            written.remove(written.keySet().iterator().next());
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }

    private record Pending(CustomResource<?, ?> resource, Object status, long dueAt) {
        String name() {
            var metadata = resource.getMetadata();
            return resource.getKind() + " " + metadata.getNamespace() + "/" + metadata.getName();
        }
    }

    private record Written(Object status, long atNanos) {}
}
