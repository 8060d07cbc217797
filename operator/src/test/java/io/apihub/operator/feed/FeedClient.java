package io.apihub.operator.feed;

import com.google.protobuf.ByteString;
import io.apihub.policy.v1.Ack;
import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Goodbye;
import io.apihub.policy.v1.Heartbeat;
import io.apihub.policy.v1.Hello;
import io.apihub.policy.v1.PolicyFeedServiceGrpc;
import io.apihub.policy.v1.SubscribeRequest;
import io.apihub.policy.v1.SubscribeResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A gateway as the feed sees it: applies complete steps, acks them unless told not to. */
public final class FeedClient implements AutoCloseable {

    private final ManagedChannel channel;
    private final StreamObserver<SubscribeRequest> requests;
    private final Map<ByteString, ApiKey> keys = new ConcurrentHashMap<>();
    private final Map<ByteString, Change> others = new ConcurrentHashMap<>();
    private final List<Batch> batches = new CopyOnWriteArrayList<>();
    private final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();
    private final List<Change> collecting = new ArrayList<>();
    private volatile boolean acking = true;
    private volatile @Nullable Batch applied;
    private volatile @Nullable Throwable error;
    private volatile boolean ended;

    public FeedClient(int port, String gateway) {
        this(port, Hello.newBuilder().setGateway(gateway).build());
    }

    public FeedClient(int port, Hello hello) {
        channel = NettyChannelBuilder.forTarget("127.0.0.1:" + port).usePlaintext().build();
        requests = PolicyFeedServiceGrpc.newStub(channel).subscribe(new Inbound());
        requests.onNext(SubscribeRequest.newBuilder().setHello(hello).build());
    }

    public FeedClient acking(boolean acking) {
        this.acking = acking;
        return this;
    }

    /** The revision of the last complete step; -1 before the first. */
    public long revision() {
        var last = applied;
        return last == null ? -1 : last.getRevision();
    }

    public String epoch() {
        var last = applied;
        return last == null ? "" : last.getEpoch();
    }

    public Map<ByteString, ApiKey> keys() {
        return keys;
    }

    /** Everything but keys, by uid or tenant id or name. */
    public Map<ByteString, Change> others() {
        return others;
    }

    public List<Batch> batches() {
        return batches;
    }

    public List<Heartbeat> heartbeats() {
        return heartbeats;
    }

    public @Nullable Throwable error() {
        return error;
    }

    /** Whether the operator ended the stream, in whatever way. */
    public boolean ended() {
        return ended;
    }

    public void ack() {
        var last = applied;
        if (last != null) {
            var ack = Ack.newBuilder().setEpoch(last.getEpoch()).setRevision(last.getRevision());
            send(SubscribeRequest.newBuilder().setAck(ack).build());
        }
    }

    public void goodbye() {
        send(SubscribeRequest.newBuilder().setGoodbye(Goodbye.getDefaultInstance()).build());
    }

    /** The test and gRPC's own thread both send; a stream takes from one at a time. */
    private synchronized void send(SubscribeRequest request) {
        requests.onNext(request);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private void apply(Batch batch) {
        batches.add(batch.toBuilder().clearChanges().build());
        collecting.addAll(batch.getChangesList());
        if (!batch.getComplete()) {
            return;
        }
        if (batch.getSnapshot()) {
            keys.clear();
            others.clear();
        }
        collecting.forEach(this::apply);
        collecting.clear();
        applied = batch.toBuilder().clearChanges().build();
        if (acking) {
            ack();
        }
    }

    private void apply(Change change) {
        switch (change.getObjectCase()) {
            case API_KEY -> keys.put(change.getApiKey().getUid(), change.getApiKey());
            case TENANT -> others.put(change.getTenant().getTenantId(), change);
            case QUOTA -> others.put(change.getQuota().getUid(), change);
            case MODEL -> others.put(ByteString.copyFromUtf8(change.getModel().getName()), change);
            case PRICE_BOOK -> others.put(change.getPriceBook().getUid(), change);
            case REMOVED -> {
                keys.remove(change.getRemoved().getUid());
                others.remove(change.getRemoved().getUid());
                others.remove(ByteString.copyFromUtf8(change.getRemoved().getName()));
            }
            case OBJECT_NOT_SET -> throw new IllegalStateException("an empty change");
        }
    }

    private final class Inbound implements StreamObserver<SubscribeResponse> {
        @Override
        public void onNext(SubscribeResponse response) {
            switch (response.getMessageCase()) {
                case BATCH -> apply(response.getBatch());
                case HEARTBEAT -> heartbeats.add(response.getHeartbeat());
                case MESSAGE_NOT_SET -> throw new IllegalStateException("an empty response");
            }
        }

        @Override
        public void onError(Throwable cause) {
            error = cause;
            ended = true;
        }

        @Override
        public void onCompleted() {
            ended = true;
        }
    }
}
