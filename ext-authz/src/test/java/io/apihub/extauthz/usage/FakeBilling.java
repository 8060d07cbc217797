package io.apihub.extauthz.usage;

import io.apihub.credit.v1.ClosedAck;
import io.apihub.credit.v1.CreditServiceGrpc;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.GrantResult;
import io.apihub.credit.v1.Hello;
import io.apihub.credit.v1.Lease;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Refusal;
import io.apihub.credit.v1.Return;
import io.apihub.credit.v1.ReturnAck;
import io.apihub.credit.v1.Welcome;
import io.apihub.extauthz.journal.Incarnation;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Ack;
import io.apihub.usage.v1.Batch;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageServiceGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A bank of one account, kept in memory, over real gRPC. Faults on demand. */
final class FakeBilling implements AutoCloseable {

    private final Server server;
    private final int port;
    private final Map<String, GrantResult> results = new HashMap<>();
    private final Map<Long, Long> granted = new LinkedHashMap<>();
    private final Map<Long, Long> returned = new LinkedHashMap<>();
    private final Map<HoldId, UsageRecord> records = new LinkedHashMap<>();
    private final List<Hello> hellos = new ArrayList<>();
    private final List<String> closed = new ArrayList<>();
    private int repeats;
    private long timeline = 1;
    private long balance = 1_000_000_000;
    private BooleanSupplier hangUpBeforeAnswer = () -> false;
    private BooleanSupplier hangUpBeforeAck = () -> false;

    FakeBilling(int wished) {
        try {
            server =
                    NettyServerBuilder.forPort(wished)
                            .addService(new Credit())
                            .addService(new Usage())
                            .build()
                            .start();
            this.port = server.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String target() {
        return "127.0.0.1:" + port;
    }

    synchronized void balance(long micros) {
        balance = micros;
    }

    synchronized void timeline(long number) {
        timeline = number;
    }

    synchronized void hangUpBeforeAnswer(BooleanSupplier when) {
        hangUpBeforeAnswer = when;
    }

    synchronized void hangUpBeforeAck(BooleanSupplier when) {
        hangUpBeforeAck = when;
    }

    synchronized List<UsageRecord> records() {
        return List.copyOf(records.values());
    }

    synchronized int repeats() {
        return repeats;
    }

    synchronized List<Hello> hellos() {
        return List.copyOf(hellos);
    }

    synchronized List<String> closed() {
        return List.copyOf(closed);
    }

    synchronized long leased() {
        long sum = 0;
        for (var lease : granted.entrySet()) {
            sum += lease.getValue() - returned.getOrDefault(lease.getKey(), 0L);
        }
        return sum;
    }

    synchronized int leases() {
        return granted.size();
    }

    private synchronized GrantResult grant(Hello hello, GrantRequest request) {
        return results.computeIfAbsent(
                Incarnation.of(hello.getIncarnation()) + "/" + request.getSeq(),
                key -> decide(request));
    }

    private GrantResult decide(GrantRequest request) {
        var want = request.getWants(0);
        long free = balance - leased();
        var result = GrantResult.newBuilder().setSeq(request.getSeq());
        if (free < Math.max(1, want.getNeeded())) {
            return result.addRefusals(
                            Refusal.newBuilder()
                                    .setReason(Refusal.Reason.REASON_EXHAUSTED)
                                    .setAvailable(free))
                    .build();
        }
        long id = granted.size() + 1L;
        granted.put(id, Math.min(want.getWished(), free));
        return result.addLeases(
                        Lease.newBuilder()
                                .setLeaseId(id)
                                .setSubject(want.getSubject())
                                .setGranted(Math.min(want.getWished(), free))
                                .setTtlMillis(60_000))
                .build();
    }

    private synchronized ReturnAck takeBack(Return message) {
        var ack = ReturnAck.newBuilder();
        for (var lease : message.getLeasesList()) {
            returned.merge(lease.getLeaseId(), lease.getReturnedTotal(), Math::max);
            ack.addLeaseIds(lease.getLeaseId());
        }
        return ack.build();
    }

    private synchronized void take(Batch batch) {
        for (var settlement : batch.getRecordsList()) {
            var id = HoldId.ofBytes(settlement.getHold().getHoldId().toByteArray());
            if (records.putIfAbsent(id, settlement) != null) {
                repeats++;
            }
        }
    }

    private synchronized void opened(Hello hello) {
        hellos.add(hello);
    }

    private synchronized void closed(OpenRequest request) {
        closed.add(Incarnation.of(request.getClosed().getIncarnation()).toString());
    }

    private synchronized boolean asks(boolean answer) {
        return answer ? hangUpBeforeAnswer.getAsBoolean() : hangUpBeforeAck.getAsBoolean();
    }

    private synchronized long timeline() {
        return timeline;
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Credit extends CreditServiceGrpc.CreditServiceImplBase {

        @Override
        public StreamObserver<OpenRequest> open(StreamObserver<OpenResponse> responses) {
            return new Messages<>(responses) {
                private Hello hello = Hello.getDefaultInstance();

                @Override
                public void onNext(OpenRequest request) {
                    switch (request.getMessageCase()) {
                        case HELLO -> {
                            hello = request.getHello();
                            opened(hello);
                            answer(OpenResponse.newBuilder().setWelcome(Welcome.newBuilder()));
                        }
                        case GRANT -> {
                            var result = grant(hello, request.getGrant());
                            if (asks(true)) {
                                hangUp();
                            } else {
                                answer(OpenResponse.newBuilder().setResult(result));
                            }
                        }
                        case RETURNED ->
                                answer(
                                        OpenResponse.newBuilder()
                                                .setReturnAck(takeBack(request.getReturned())));
                        case CLOSED -> {
                            closed(request);
                            var id = request.getClosed().getIncarnation();
                            answer(
                                    OpenResponse.newBuilder()
                                            .setClosedAck(
                                                    ClosedAck.newBuilder().setIncarnation(id)));
                        }
                        case FOUND, PING, MESSAGE_NOT_SET -> {}
                    }
                }

                private void answer(OpenResponse.Builder response) {
                    say(response.build());
                }
            };
        }
    }

    private final class Usage extends UsageServiceGrpc.UsageServiceImplBase {

        @Override
        public StreamObserver<ReportRequest> report(StreamObserver<ReportResponse> responses) {
            return new Messages<>(responses) {
                @Override
                public void onNext(ReportRequest request) {
                    if (!request.hasBatch()) {
                        return;
                    }
                    take(request.getBatch());
                    if (asks(false)) {
                        hangUp();
                    } else {
                        long seq = request.getBatch().getSeq();
                        var ack = Ack.newBuilder().setSeq(seq).setTimeline(timeline());
                        say(ReportResponse.newBuilder().setAck(ack).build());
                    }
                }
            };
        }
    }

    /** One stream that can be hung up. */
    private abstract static class Messages<Q, A> implements StreamObserver<Q> {
        private final StreamObserver<A> responses;
        private boolean over;

        Messages(StreamObserver<A> responses) {
            this.responses = responses;
        }

        void say(A answer) {
            if (!over) {
                responses.onNext(answer);
            }
        }

        void hangUp() {
            over = true;
            responses.onError(Status.UNAVAILABLE.withDescription("hung up").asException());
        }

        @Override
        public void onError(Throwable cause) {
            over = true;
        }

        @Override
        public void onCompleted() {
            if (!over) {
                responses.onCompleted();
            }
        }
    }
}
