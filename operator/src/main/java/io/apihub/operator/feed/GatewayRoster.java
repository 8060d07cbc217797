package io.apihub.operator.feed;

import io.apihub.operator.registry.GatewaySessions;
import io.apihub.operator.registry.GatewaySessions.FeedState;
import io.apihub.operator.registry.RegistryUnavailableException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateways that are connected to this replica and what they acked. Acks and goodbyes go to
 * Postgres at once, the rest every second.
 */
public final class GatewayRoster implements AutoCloseable {

    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(GatewayRoster.class);

    private final GatewaySessions sessions;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition urgent = lock.newCondition();
    private final Map<String, Entry> entries = new HashMap<>();
    private final Thread thread;
    private boolean flushNow;
    private volatile boolean closed;

    public GatewayRoster(GatewaySessions sessions, InstantSource clock) {
        this.sessions = sessions;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("gateway-roster").start(this::run);
    }

    /**
     * Enters a gateway; one that was here before under the same name is replaced.
     *
     * @return what ends the one that was replaced, null if there was none
     */
    @Nullable Runnable enter(Object owner, FeedState state, Runnable end) {
        lock.lock();
        try {
            var before = entries.put(state.gateway(), new Entry(owner, state, true, end));
            wake();
            return before == null || !before.connected ? null : before.end;
        } finally {
            lock.unlock();
        }
    }

    /** Records an ack. */
    void acked(Object owner, String gateway, String epoch, long revision) {
        update(
                owner,
                gateway,
                true,
                entry -> {
                    var s = entry.state;
                    if (entry.connected) {
                        entry.state =
                                new FeedState(
                                        gateway,
                                        s.incarnation(),
                                        epoch,
                                        revision,
                                        s.seenAt(),
                                        null);
                    }
                });
    }

    /**
     * Records that a heartbeat was sent: until now plus maxStale the gateway may serve. Nothing
     * that was under way when the gateway said goodbye undoes the goodbye.
     */
    void seen(Object owner, String gateway) {
        update(
                owner,
                gateway,
                false,
                entry -> {
                    var s = entry.state;
                    if (entry.connected) {
                        entry.state =
                                new FeedState(
                                        gateway,
                                        s.incarnation(),
                                        s.epoch(),
                                        s.ackedRevision(),
                                        clock.instant(),
                                        null);
                    }
                });
    }

    /**
     * Records that the stream ended; {@code goodbye} if the gateway said that it serves no more.
     */
    void left(Object owner, String gateway, boolean goodbye) {
        update(
                owner,
                gateway,
                true,
                entry -> {
                    var s = entry.state;
                    entry.connected = false;
                    entry.state =
                            new FeedState(
                                    gateway,
                                    s.incarnation(),
                                    s.epoch(),
                                    s.ackedRevision(),
                                    s.seenAt(),
                                    goodbye ? clock.instant() : s.leftAt());
                });
    }

    /** Gateways that are connected now. */
    public int connected() {
        lock.lock();
        try {
            return (int) entries.values().stream().filter(entry -> entry.connected).count();
        } finally {
            lock.unlock();
        }
    }

    private void update(Object owner, String gateway, boolean now, Change change) {
        lock.lock();
        try {
            var entry = entries.get(gateway);
            if (entry != null && entry.owner.equals(owner)) {
                change.on(entry);
                entry.changes++;
                if (now) {
                    wake();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        flushNow = true;
        urgent.signal();
    }

    private void run() {
        while (!closed) {
            try {
                flush(awaitWork());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RegistryUnavailableException e) {
                LOG.warn("can't record the gateways' sessions: {}", e.getMessage());
            }
        }
    }

    private List<Entry> awaitWork() throws InterruptedException {
        lock.lock();
        try {
            long left = FLUSH_NANOS;
            while (!flushNow && left > 0) {
                left = urgent.awaitNanos(left);
            }
            flushNow = false;
            return entries.values().stream().filter(Entry::isDirty).toList();
        } finally {
            lock.unlock();
        }
    }

    private void flush(List<Entry> dirty) {
        if (dirty.isEmpty()) {
            return;
        }
        var states = new ArrayList<FeedState>();
        var upTo = new ArrayList<Long>();
        lock.lock();
        try {
            for (var entry : dirty) {
                states.add(entry.state);
                upTo.add(entry.changes);
            }
        } finally {
            lock.unlock();
        }
        sessions.recordFeeds(states);
        lock.lock();
        try {
            for (int i = 0; i < dirty.size(); i++) {
                var entry = dirty.get(i);
                entry.written = upTo.get(i);
                if (!entry.isDirty() && !entry.connected) {
                    entries.remove(entry.state.gateway(), entry);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes what is left and stops. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
            flush(List.copyOf(entries.values()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RegistryUnavailableException e) {
            LOG.warn("can't record the gateways' sessions: {}", e.getMessage());
        }
    }

    private interface Change {
        void on(Entry entry);
    }

    private static final class Entry {
        private final Object owner;
        private final Runnable end;
        private FeedState state;
        private boolean connected;
        private long changes = 1;
        private long written;

        private Entry(Object owner, FeedState state, boolean connected, Runnable end) {
            this.owner = owner;
            this.state = state;
            this.connected = connected;
            this.end = end;
        }

        private boolean isDirty() {
            return changes > written;
        }
    }
}
