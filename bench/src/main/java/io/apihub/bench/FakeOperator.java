package io.apihub.bench;

import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.BillingMode;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Heartbeat;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.PolicyFeedServiceGrpc.PolicyFeedServiceImplBase;
import io.apihub.policy.v1.Price;
import io.apihub.policy.v1.PriceBook;
import io.apihub.policy.v1.Route;
import io.apihub.policy.v1.SubscribeRequest;
import io.apihub.policy.v1.SubscribeResponse;
import io.apihub.policy.v1.Tenant;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Serves a policy of many keys and one model; says when it was acknowledged. */
final class FakeOperator extends PolicyFeedServiceImplBase {

    static final String MODEL = "bench-model";
    static final String POOL = "pool/bench";

    private static final String EPOCH = "bench";
    private static final int BATCH = 2_000;

    private final BenchPolicy policy;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
    private final CountDownLatch acknowledged = new CountDownLatch(1);
    private volatile long sentAtNanos;
    private volatile long ackedAtNanos;

    FakeOperator(BenchPolicy policy) {
        this.policy = policy;
    }

    /**
     * Waits until the gateway has everything; the time from its Hello to its Ack in milliseconds.
     */
    long loadMillis() throws InterruptedException {
        if (!acknowledged.await(120, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the snapshot was not acknowledged within 120 s");
        }
        return (ackedAtNanos - sentAtNanos) / 1_000_000;
    }

    void stop() {
        clock.shutdownNow();
    }

    @Override
    public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> responses) {
        var call = (ServerCallStreamObserver<SubscribeResponse>) responses;
        return new StreamObserver<>() {
            @Override
            public void onNext(SubscribeRequest request) {
                if (request.hasHello()) {
                    sentAtNanos = System.nanoTime();
                    Thread.ofVirtual().start(() -> serve(call));
                } else if (request.hasAck()) {
                    ackedAtNanos = System.nanoTime();
                    acknowledged.countDown();
                }
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {
                responses.onCompleted();
            }
        };
    }

    private void serve(ServerCallStreamObserver<SubscribeResponse> call) {
        send(call, rules(policy), false);
        int keys = policy.keys();
        for (int from = 0; from < keys; from += BATCH) {
            var changes = new ArrayList<Change>(BATCH);
            for (int i = from; i < Math.min(keys, from + BATCH); i++) {
                changes.add(
                        Change.newBuilder()
                                .setRevision(1)
                                .setApiKey(BenchKeys.policy(i, policy.tenants()))
                                .build());
            }
            send(call, changes, from + BATCH >= keys);
        }
        var _ = clock.scheduleAtFixedRate(() -> beat(call), 0, 200, TimeUnit.MILLISECONDS);
    }

    private static void send(
            ServerCallStreamObserver<SubscribeResponse> call, List<Change> changes, boolean last) {
        while (!call.isReady() && !call.isCancelled()) {
            Thread.onSpinWait();
        }
        var batch =
                Batch.newBuilder()
                        .setEpoch(EPOCH)
                        .setRevision(1)
                        .setTerm(1)
                        .setSnapshot(true)
                        .setComplete(last)
                        .addAllChanges(changes);
        synchronized (call) {
            call.onNext(SubscribeResponse.newBuilder().setBatch(batch).build());
        }
    }

    private static void beat(ServerCallStreamObserver<SubscribeResponse> call) {
        var beat =
                Heartbeat.newBuilder()
                        .setTimeMillis(System.currentTimeMillis())
                        .setEpoch(EPOCH)
                        .setHeadRevision(1)
                        .setTerm(1);
        synchronized (call) {
            if (!call.isCancelled()) {
                call.onNext(SubscribeResponse.newBuilder().setHeartbeat(beat).build());
            }
        }
    }

    private static List<Change> rules(BenchPolicy policy) {
        var model =
                Model.newBuilder()
                        .setName(MODEL)
                        .addRoutes(Route.newBuilder().setProtocol("OpenAIChat").setPool(POOL))
                        .setContextTokens(128_000)
                        .setMaxOutputTokens(4_096)
                        .setTokensPerMillionBytes(400_000)
                        .setAlwaysSendsUsage(true);
        var book =
                PriceBook.newBuilder()
                        .setUid(BenchKeys.uid(3, 1))
                        .setName("bench")
                        .setVersion(1)
                        .setCurrency("CNY")
                        .setInForceFromMillis(1)
                        .addPrices(
                                Price.newBuilder()
                                        .setModel("*")
                                        .setInput(1_000_000)
                                        .setCachedInput(1_000_000)
                                        .setCacheWrite(1_000_000)
                                        .setCacheWrite1H(1_000_000)
                                        .setOutput(2_000_000));
        var rules = new ArrayList<Change>();
        rules.add(Change.newBuilder().setRevision(1).setModel(model).build());
        rules.add(Change.newBuilder().setRevision(1).setPriceBook(book).build());
        for (int i = 0; i < policy.tenants(); i++) {
            var tenant = tenant(i).addAllLimits(policy.ofTenants());
            rules.add(Change.newBuilder().setRevision(1).setTenant(tenant).build());
            policy.quotas(i)
                    .forEach(quota ->
                            rules.add(Change.newBuilder().setRevision(1).setQuota(quota).build()));
        }
        return rules;
    }

    private static Tenant.Builder tenant(int number) {
        return Tenant.newBuilder()
                .setTenantId(BenchKeys.tenantId(number))
                .setName(BenchKeys.tenant(number))
                .setNamespace(BenchKeys.tenant(number))
                .setBillingMode(BillingMode.BILLING_MODE_PREPAID)
                .setPriceFactorMillionths(1_000_000);
    }
}
