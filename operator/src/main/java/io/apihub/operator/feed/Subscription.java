package io.apihub.operator.feed;

import io.apihub.operator.registry.Head;
import io.apihub.operator.registry.RegistryUnavailableException;
import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Heartbeat;
import io.apihub.policy.v1.SubscribeResponse;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One gateway's stream, on a thread of its own: sends what the gateway lacks, then what changes,
 * and a heartbeat in between. Never sends faster than the gateway takes.
 */
final class Subscription {

    static final long HEARTBEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    static final int MAX_CHANGES = 2_000;
    private static final int MAX_BYTES = 1 << 20;

    private final Outlet outlet;
    private final FeedReader reader;
    private final Semaphore reads;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Runnable onHeartbeat;
    private @Nullable Head has;
    private long lastHeartbeat;

    /**
     * Prepares a stream.
     *
     * @param has what the gateway says it has; null for nothing
     * @param reads bounds how many streams read from Postgres at once
     * @param onHeartbeat called after each heartbeat
     */
    Subscription(
            Outlet outlet,
            FeedReader reader,
            Semaphore reads,
            Times times,
            @Nullable Head has,
            Runnable onHeartbeat) {
        this.outlet = outlet;
        this.reader = reader;
        this.reads = reads;
        this.clock = times.clock();
        this.nanoTime = times.nanoTime();
        this.has = has;
        this.onHeartbeat = onHeartbeat;
        this.lastHeartbeat = nanoTime.getAsLong() - HEARTBEAT_NANOS;
    }

    /** Serves until the stream ends or the thread is interrupted. */
    void run() throws InterruptedException {
        while (outlet.awaitReady()) {
            var seen = reader.head();
            try {
                catchUp();
            } catch (RegistryUnavailableException e) {
                // The gateway keeps what it has and ages; the reader logs the cause.
                seen = reader.head();
            }
            heartbeatIfDue();
            reader.awaitMove(seen, lastHeartbeat + HEARTBEAT_NANOS - nanoTime.getAsLong());
        }
    }

    private void catchUp() throws InterruptedException {
        var head = reader.confirmedHead().orElse(null);
        var mine = has;
        if (head == null || head.equals(mine)) {
            return;
        }
        boolean delta =
                mine != null
                        && mine.epoch().equals(head.epoch())
                        && mine.revision() <= head.revision();
        if (delta && mine != null) {
            var step = reader.stepAfter(mine).orElse(null);
            if (step == null) {
                readFromRegistry(begin -> reader.registry().since(mine.revision(), begin), false);
            } else {
                var batches = new Batches(step.head(), false);
                step.changes().forEach(batches);
                batches.complete();
            }
        } else {
            readFromRegistry(reader.registry()::snapshot, true);
        }
    }

    private void readFromRegistry(Reading reading, boolean snapshot) throws InterruptedException {
        while (!reads.tryAcquire(HEARTBEAT_NANOS, TimeUnit.NANOSECONDS)) {
            heartbeatIfDue();
        }
        try {
            var batches = new Batches[1];
            reading.into(head -> {
                batches[0] = new Batches(head, snapshot);
                return batches[0];
            });
            batches[0].complete();
        } finally {
            reads.release();
        }
    }

    private void heartbeatIfDue() {
        var head = reader.confirmedHead().orElse(null);
        long now = nanoTime.getAsLong();
        if (head == null || now - lastHeartbeat < HEARTBEAT_NANOS) {
            return;
        }
        lastHeartbeat = now;
        outlet.send(
                SubscribeResponse.newBuilder()
                        .setHeartbeat(
                                Heartbeat.newBuilder()
                                        .setTimeMillis(clock.millis())
                                        .setEpoch(head.epoch())
                                        .setHeadRevision(head.revision())
                                        .setTerm(head.term()))
                        .build());
        onHeartbeat.run();
    }

    /** Cuts a step into batches and sends them. */
    private final class Batches implements Consumer<Change> {

        private final Head head;
        private final boolean snapshot;
        private final Batch.Builder batch = Batch.newBuilder();
        private int bytes;

        Batches(Head head, boolean snapshot) {
            this.head = head;
            this.snapshot = snapshot;
        }

        @Override
        public void accept(Change change) {
            if (batch.getChangesCount() == MAX_CHANGES || bytes >= MAX_BYTES) {
                send(false);
            }
            batch.addChanges(change);
            bytes += change.getSerializedSize();
        }

        void complete() {
            send(true);
            has = head;
        }

        private void send(boolean complete) {
            if (!outlet.awaitReady()) {
                throw new StreamEndedException();
            }
            heartbeatIfDue();
            batch.setEpoch(head.epoch())
                    .setRevision(head.revision())
                    .setTerm(head.term())
                    .setSnapshot(snapshot)
                    .setComplete(complete);
            outlet.send(SubscribeResponse.newBuilder().setBatch(batch).build());
            batch.clear();
            bytes = 0;
        }
    }

    /** The two clocks that a stream needs. */
    record Times(InstantSource clock, LongSupplier nanoTime) {}

    private interface Reading {
        void into(Function<Head, Consumer<Change>> begin);
    }

    /** Where responses go. */
    interface Outlet {

        /** Waits until the gateway can take more; false once the stream has ended. */
        boolean awaitReady();

        void send(SubscribeResponse response);
    }

    /** The gateway went while it was being sent to. */
    static final class StreamEndedException extends RuntimeException {
        StreamEndedException() {
            super("the stream has ended", null, false, false);
        }
    }
}
