package io.apihub.bench;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Want;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.grpc.WireIds;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Quota;
import io.apihub.usage.v1.Batch;
import io.apihub.usage.v1.Hello;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The reports of gateways: of 20 tenants with 50 keys each and three models, every request with a
 * lease of the account, one of requests a day and one of tokens a month.
 */
final class UsageLoad implements AutoCloseable {

    private static final int TENANTS = 20;
    private static final int KEYS = 50;
    private static final int BATCH = 1_000;
    private static final int UNANSWERED = 8;
    private static final int GATEWAYS = 4;
    private static final long LEASED = 1_000_000_000;

    /** Of its own, so that what the gateway costs can be told from what billing does. */
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, named(), NioIoHandler.newFactory());

    private final ExecutorService executor = Executors.newSingleThreadExecutor(named());
    private final ManagedChannel channel;
    private final UUID incarnation = UUID.randomUUID();
    private final List<Customer> customers = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(7);
    private final long prices;

    /**
     * Messages are put together before the clock runs: what a gateway costs is not measured here.
     */
    private static final MethodDescriptor<byte[], ReportResponse> REPORT =
            UsageServiceGrpc.getReportMethod().toBuilder(
                            new Written(),
                            ProtoUtils.marshaller(ReportResponse.getDefaultInstance()))
                    .build();

    private static final class Written implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("only sent");
        }
    }

    private record Customer(UUID tenant, List<UUID> keys, List<Long> leases) {}

    UsageLoad(RunningBilling billing, TestDatabase database) {
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", billing.grpcPort())
                        .usePlaintext()
                        .eventLoopGroup(loop)
                        .channelType(NioSocketChannel.class)
                        .executor(executor)
                        .build();
        prices = database.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");
        billing.get(CreditStore.class).hello(incarnation, "bench");
        for (int i = 0; i < TENANTS; i++) {
            customers.add(customer(billing, database, i));
        }
    }

    private static ThreadFactory named() {
        return Thread.ofPlatform().daemon().name(IngestCost.GATEWAY, 0).factory();
    }

    private Customer customer(RunningBilling billing, TestDatabase database, int number) {
        var name = "bench-" + number;
        var tenant = database.registry().tenant(name);
        database.registry()
                .quota(
                        Quota.newBuilder()
                                .setTenantId(WireIds.bytes(tenant))
                                .setNamespace(name)
                                .setName("q")
                                .setPer(Quota.Per.PER_TARGET)
                                .setMode(Quota.Mode.MODE_ENFORCE)
                                .setAllKeys(true)
                                .addLimits(
                                        limit(
                                                "day",
                                                Limit.Metric.METRIC_REQUESTS,
                                                Limit.Window.WINDOW_DAY))
                                .addLimits(
                                        limit(
                                                "month",
                                                Limit.Metric.METRIC_TOTAL_TOKENS,
                                                Limit.Window.WINDOW_MONTH))
                                .build());
        var granted =
                billing.post(
                        "/api/v1/tenants/" + name + "/grants",
                        name,
                        "{\"amount\": \"100000\", \"reason\": \"bench\"}");
        if (granted.statusCode() != 201) {
            throw new IllegalStateException(granted.body());
        }
        var ask =
                new Ask(
                        new Lease.Request(incarnation, number + 1),
                        List.of(
                                want(new Want.OfAccount(tenant)),
                                want(new Want.OfBudget(key(tenant, name, "day"), 0)),
                                want(new Want.OfBudget(key(tenant, name, "month"), 0))));
        var answer = (Answer.Granted) billing.get(Leases.class).grant(List.of(ask)).getFirst();
        var keys = new ArrayList<UUID>();
        for (int i = 0; i < KEYS; i++) {
            keys.add(UUID.randomUUID());
        }
        return new Customer(tenant, keys, answer.parts().stream().map(Answer.Part::lease).toList());
    }

    private static Limit limit(String name, Limit.Metric metric, Limit.Window window) {
        return Limit.newBuilder()
                .setName(name)
                .setMetric(metric)
                .setWindow(window)
                .setAmount(100 * LEASED)
                .build();
    }

    private static Want want(Want.Subject subject) {
        return new Want(subject, LEASED, LEASED);
    }

    private static LimitKey key(UUID tenant, String namespace, String limit) {
        return new LimitKey(new LimitName(tenant, namespace, "q", limit), "");
    }

    /** So many requests of now, as the messages that a gateway sends. */
    List<byte[]> batches(int count) {
        var messages = new ArrayList<byte[]>();
        for (int left = count; left > 0; left -= BATCH) {
            var batch = Batch.newBuilder().setSeq(messages.size() + 1L);
            batch.addAllRecords(records(Math.min(left, BATCH)));
            messages.add(ReportRequest.newBuilder().setBatch(batch).build().toByteArray());
        }
        return messages;
    }

    private List<UsageRecord> records(int count) {
        var records = new ArrayList<UsageRecord>();
        for (int i = 0; i < count; i++) {
            var customer = customers.get(random.nextInt(TENANTS));
            var hold =
                    new Records(customer.tenant(), incarnation, prices)
                            .key(customer.keys().get(random.nextInt(KEYS)))
                            .model("model-" + random.nextInt(3))
                            .holdAt(Instant.now(), 2_000);
            long[] taken = {2_000, 1, 2_000};
            for (int lease = 0; lease < taken.length; lease++) {
                hold.addTaken(
                        Taken.newBuilder()
                                .setLeaseId(customer.leases().get(lease))
                                .setAmount(taken[lease]));
            }
            records.add(
                    Records.measured(
                            hold.build(), random.nextLong(1, 900), random.nextLong(1, 900)));
        }
        return records;
    }

    /**
     * Sends all as fast as they are acknowledged, as several gateways; nanoseconds until the last
     * one was.
     */
    long send(String gateway, List<byte[]> batches) throws InterruptedException {
        var streams = new ArrayList<Stream>();
        for (int i = 0; i < GATEWAYS; i++) {
            streams.add(new Stream(gateway));
        }
        long start = System.nanoTime();
        for (int i = 0; i < batches.size(); i++) {
            streams.get(i % GATEWAYS).send(batches.get(i));
        }
        for (var stream : streams) {
            stream.end();
        }
        return System.nanoTime() - start;
    }

    /** Sends what comes in 50 milliseconds together, as a gateway does; how many records. */
    int steady(int perSecond, int seconds) throws InterruptedException {
        var stream = new Stream("steady");
        int each = perSecond / 20;
        for (int i = 0; i < seconds * 20; i++) {
            long start = System.nanoTime();
            var batch = Batch.newBuilder().setSeq(i + 1L).addAllRecords(records(each));
            stream.send(ReportRequest.newBuilder().setBatch(batch).build().toByteArray());
            TimeUnit.NANOSECONDS.sleep(50_000_000 - (System.nanoTime() - start));
        }
        stream.end();
        return each * seconds * 20;
    }

    private final class Stream implements StreamObserver<ReportResponse> {
        private final Semaphore room = new Semaphore(UNANSWERED);
        private final StreamObserver<byte[]> requests;

        Stream(String gateway) {
            requests =
                    ClientCalls.asyncBidiStreamingCall(
                            channel.newCall(REPORT, CallOptions.DEFAULT), this);
            requests.onNext(
                    ReportRequest.newBuilder()
                            .setHello(
                                    Hello.newBuilder()
                                            .setGateway(gateway)
                                            .setIncarnation(WireIds.bytes(incarnation)))
                            .build()
                            .toByteArray());
        }

        void send(byte[] batch) throws InterruptedException {
            room.acquire();
            requests.onNext(batch);
        }

        void end() throws InterruptedException {
            room.acquire(UNANSWERED);
            requests.onCompleted();
        }

        @Override
        public void onNext(ReportResponse response) {
            if (response.getAck().getRejectedCount() > 0) {
                throw new IllegalStateException(response.toString());
            }
            room.release();
        }

        @Override
        public void onError(Throwable failure) {
            failure.printStackTrace();
            System.exit(1);
        }

        @Override
        public void onCompleted() {}
    }

    @Override
    public void close() {
        channel.shutdownNow();
        var _ = loop.shutdownGracefully();
        executor.shutdown();
    }
}
