package io.apihub.bench;

import io.apihub.credit.v1.ClosedAck;
import io.apihub.credit.v1.CreditServiceGrpc.CreditServiceImplBase;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.GrantResult;
import io.apihub.credit.v1.Lease;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Pong;
import io.apihub.credit.v1.ReturnAck;
import io.apihub.credit.v1.Welcome;
import io.apihub.usage.v1.Ack;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.UsageServiceGrpc.UsageServiceImplBase;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Grants what is wished, within reason, and acknowledges every record, so that only the gateway is
 * measured.
 */
final class FakeBilling {

    /** Micro-units of one lease: enough for a whole run. */
    private static final long MOST = 1L << 40;

    private final AtomicLong leaseIds = new AtomicLong();
    private final AtomicLong records = new AtomicLong();

    List<BindableService> services() {
        return List.of(new Credit(), new Usage());
    }

    /** Granted so far. */
    long leases() {
        return leaseIds.get();
    }

    long records() {
        return records.get();
    }

    private GrantResult grant(GrantRequest request) {
        var result = GrantResult.newBuilder().setSeq(request.getSeq());
        for (var want : request.getWantsList()) {
            long amount = Math.min(want.getWished(), MOST);
            // Which of these counts depends on the limit, which billing would know.
            result.addLeases(
                    Lease.newBuilder()
                            .setLeaseId(leaseIds.incrementAndGet())
                            .setSubject(want.getSubject())
                            .setGranted(amount)
                            .setSlots(amount)
                            .setRatePerMinute(amount)
                            .setBurst(amount)
                            .setTtlMillis(60_000));
        }
        return result.build();
    }

    private final class Credit extends CreditServiceImplBase {
        @Override
        public StreamObserver<OpenRequest> open(StreamObserver<OpenResponse> responses) {
            return observer(request -> responses.onNext(answer(request)), responses);
        }

        private OpenResponse answer(OpenRequest request) {
            var answer = OpenResponse.newBuilder();
            var now = System.currentTimeMillis();
            return switch (request.getMessageCase()) {
                case HELLO ->
                        answer.setWelcome(
                                        Welcome.newBuilder()
                                                .setTimeMillis(now)
                                                .setTimeline(1)
                                                .setDatabase("bench"))
                                .build();
                case GRANT -> answer.setResult(grant(request.getGrant())).build();
                case RETURNED -> answer.setReturnAck(ReturnAck.getDefaultInstance()).build();
                case CLOSED ->
                        answer.setClosedAck(
                                        ClosedAck.newBuilder()
                                                .setIncarnation(
                                                        request.getClosed().getIncarnation()))
                                .build();
                case FOUND, PING, MESSAGE_NOT_SET -> answer.setPong(pong(now)).build();
            };
        }
    }

    private static Pong.Builder pong(long now) {
        return Pong.newBuilder().setTimeMillis(now).setTimeline(1).setTtlMillis(60_000);
    }

    private final class Usage extends UsageServiceImplBase {
        @Override
        public StreamObserver<ReportRequest> report(StreamObserver<ReportResponse> responses) {
            return observer(
                    request -> {
                        if (request.hasBatch()) {
                            records.addAndGet(request.getBatch().getRecordsCount());
                            var ack = Ack.newBuilder().setSeq(request.getBatch().getSeq());
                            responses.onNext(
                                    ReportResponse.newBuilder().setAck(ack.setTimeline(1)).build());
                        }
                    },
                    responses);
        }
    }

    private static <Q, A> StreamObserver<Q> observer(
            Consumer<Q> onRequest, StreamObserver<A> responses) {
        return new StreamObserver<>() {
            @Override
            public void onNext(Q request) {
                onRequest.accept(request);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {
                responses.onCompleted();
            }
        };
    }
}
