package io.apihub.extauthz.policy;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Allowances;
import io.apihub.policy.v1.Ack;
import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Goodbye;
import io.apihub.policy.v1.Heartbeat;
import io.apihub.policy.v1.Hello;
import io.apihub.policy.v1.PolicyFeedServiceGrpc;
import io.apihub.policy.v1.SubscribeRequest;
import io.apihub.policy.v1.SubscribeResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the policy current: one stream to an operator, opened again whenever it ends or falls
 * silent. A step is published whole, when its last batch has come, and then acknowledged. Until
 * then, and while no operator answers, checks see the last complete one.
 */
public final class PolicyFeed implements Policies, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PolicyFeed.class);

    /** Ten heartbeats. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LOG_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 3_200;
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private final Settings settings;
    private final Channel channel;
    private final LongSupplier ticker;
    private final ScheduledExecutorService timer;
    private final Allowances allowances;
    private final PolicyStore store;
    private final Consumer<PolicySnapshot> published;
    private final Freshness freshness;
    private volatile PolicySnapshot current = PolicySnapshot.NONE;

    // Guarded by this.
    private PolicyState state;
    private @Nullable PolicyState arriving;
    private final List<Change> step = new ArrayList<>();
    private @Nullable Subscription subscription;
    private long term;
    private long retryMillis = FIRST_RETRY_MILLIS;
    private boolean waiting;
    private long waitingLoggedNanos;
    private boolean closed;

    /**
     * Who this gateway is.
     *
     * @param incarnation 16 random bytes, made at the start of this process
     * @param maxStale without news for longer, everything is denied
     */
    public record Settings(String gateway, ByteString incarnation, Duration maxStale) {}

    /**
     * What the feed needs around it.
     *
     * @param store where the policy outlives this process
     * @param published told each new snapshot, in order
     */
    public record Surroundings(
            Channel channel,
            LongSupplier ticker,
            ScheduledExecutorService timer,
            Allowances allowances,
            PolicyStore store,
            Consumer<PolicySnapshot> published) {}

    public PolicyFeed(Settings settings, Surroundings around) {
        this.settings = settings;
        channel = around.channel();
        ticker = around.ticker();
        timer = around.timer();
        allowances = around.allowances();
        store = around.store();
        published = around.published();
        freshness = new Freshness(ticker, settings.maxStale());
        state = new PolicyState(allowances);
    }

    /** Takes up what an earlier process knew and opens the first stream; never gives up. */
    public synchronized void start() {
        restore();
        connect();
        long check = SILENCE_NANOS / 4;
        var _ =
                timer.scheduleWithFixedDelay(
                        this::reconnectIfSilent, check, check, TimeUnit.NANOSECONDS);
    }

    private void restore() {
        long started = ticker.getAsLong();
        var restored = new PolicyState(allowances);
        var found = store.load(restored::apply).orElse(null);
        if (found == null) {
            return;
        }
        state = restored;
        term = found.term();
        current = restored.build(found.epoch(), found.revision());
        if (found.ageMillis() >= 0) {
            freshness.restored(TimeUnit.MILLISECONDS.toNanos(found.ageMillis()));
        }
        published.accept(current);
        log.info(
                "policy revision {} of {} from the volume, {} ms old: {} keys in {} ms",
                current.revision(),
                current.epoch(),
                found.ageMillis(),
                current.keys().size(),
                TimeUnit.NANOSECONDS.toMillis(ticker.getAsLong() - started));
    }

    @Override
    public PolicySnapshot current() {
        return current;
    }

    @Override
    public boolean isFresh() {
        return freshness.isFresh();
    }

    /** Nanoseconds since this gateway was certainly up to date; negative if it never was. */
    public long ageNanos() {
        return freshness.ageNanos();
    }

    /** Says goodbye, so that the operator waits for this gateway no longer. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        var open = subscription;
        if (open != null) {
            open.send(SubscribeRequest.newBuilder().setGoodbye(Goodbye.getDefaultInstance()));
            open.requests.onCompleted();
        }
    }

    private synchronized void connect() {
        if (closed) {
            return;
        }
        arriving = null;
        step.clear();
        store.abandon();
        var opened = new Subscription();
        subscription = opened;
        var _ =
                PolicyFeedServiceGrpc.newStub(channel)
                        .withMaxInboundMessageSize(MAX_MESSAGE_BYTES)
                        .subscribe(opened);
        opened.send(
                SubscribeRequest.newBuilder()
                        .setHello(
                                Hello.newBuilder()
                                        .setGateway(settings.gateway())
                                        .setIncarnation(settings.incarnation())
                                        .setEpoch(current.epoch())
                                        .setRevision(current.revision())
                                        .setTerm(term)));
    }

    private synchronized void reconnectIfSilent() {
        var open = subscription;
        if (open != null && ticker.getAsLong() - open.heardAtNanos > SILENCE_NANOS) {
            open.fail("silent for " + TimeUnit.NANOSECONDS.toMillis(SILENCE_NANOS) + " ms");
        }
    }

    private synchronized void ended(Subscription which, String why) {
        if (which != subscription || closed) {
            return;
        }
        subscription = null;
        long now = ticker.getAsLong();
        if (!waiting || now - waitingLoggedNanos > LOG_AGAIN_NANOS) {
            log.warn("waiting for the operator's policy feed: {}", why);
            waiting = true;
            waitingLoggedNanos = now;
        }
        var _ = timer.schedule(this::connect, retryMillis, TimeUnit.MILLISECONDS);
        retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
    }

    private synchronized void received(Subscription from, SubscribeResponse response) {
        if (from != subscription) {
            return;
        }
        from.heardAtNanos = ticker.getAsLong();
        switch (response.getMessageCase()) {
            case BATCH -> batch(from, response.getBatch());
            case HEARTBEAT -> heartbeat(from, response.getHeartbeat());
            case MESSAGE_NOT_SET -> log.warn("a message that this version does not know");
        }
    }

    private void heartbeat(Subscription from, Heartbeat heartbeat) {
        if (heartbeat.getTerm() < term) {
            from.fail("its leader term is older than one seen before");
        } else if (heartbeat.getEpoch().equals(current.epoch())) {
            term = heartbeat.getTerm();
            freshness.heartbeat(heartbeat.getHeadRevision(), current.revision());
            if (freshness.ageNanos() >= 0) {
                store.current(current.epoch(), current.revision(), freshness.ageNanos());
            }
        }
    }

    private void batch(Subscription from, Batch batch) {
        boolean sameEpoch = batch.getEpoch().equals(current.epoch());
        if (batch.getTerm() < term) {
            from.fail("its leader term is older than one seen before");
        } else if (batch.getSnapshot()) {
            arriving = arriving == null ? new PolicyState(allowances) : arriving;
            store.add(batch);
            batch.getChangesList().forEach(arriving::apply);
            if (batch.getComplete()) {
                state = arriving;
                arriving = null;
                publish(from, batch);
            }
        } else if (!sameEpoch || batch.getRevision() < current.revision()) {
            from.fail("a delta that does not follow what is known");
        } else {
            step.addAll(batch.getChangesList());
            store.add(batch);
            if (batch.getComplete()) {
                step.forEach(state::apply);
                step.clear();
                publish(from, batch);
            }
        }
    }

    private void publish(Subscription from, Batch last) {
        if (!last.getEpoch().equals(current.epoch())) {
            freshness.newEpoch();
        }
        var snapshot = state.build(last.getEpoch(), last.getRevision());
        term = last.getTerm();
        current = snapshot;
        retryMillis = FIRST_RETRY_MILLIS;
        if (waiting || last.getSnapshot()) {
            log.info(
                    "policy revision {} of {}: {} keys, {} models",
                    snapshot.revision(),
                    snapshot.epoch(),
                    snapshot.keys().size(),
                    snapshot.models().size());
            waiting = false;
        }
        freshness.applied(snapshot.revision());
        published.accept(snapshot);
        store.commit(() -> acknowledge(from, snapshot));
    }

    /** Only now the operator may rely on it: a restart would know it too. */
    private synchronized void acknowledge(Subscription from, PolicySnapshot snapshot) {
        if (from == subscription && !closed) {
            from.send(
                    SubscribeRequest.newBuilder()
                            .setAck(
                                    Ack.newBuilder()
                                            .setEpoch(snapshot.epoch())
                                            .setRevision(snapshot.revision())));
        }
    }

    /** One stream. gRPC calls it from one thread at a time. */
    private final class Subscription
            implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {

        @SuppressWarnings("NullAway.Init") // Set by beforeStart, before anything else happens.
        private ClientCallStreamObserver<SubscribeRequest> requests;

        private long heardAtNanos = ticker.getAsLong();

        @Override
        public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
            requests = stream;
        }

        @Override
        public void onNext(SubscribeResponse response) {
            received(this, response);
        }

        @Override
        public void onError(Throwable failure) {
            ended(this, String.valueOf(failure.getMessage()));
        }

        @Override
        public void onCompleted() {
            ended(this, "the operator closed the stream");
        }

        private void send(SubscribeRequest.Builder request) {
            requests.onNext(request.build());
        }

        private void fail(String why) {
            requests.cancel(why, null);
            ended(this, why);
        }
    }
}
