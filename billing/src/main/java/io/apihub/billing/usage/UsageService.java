package io.apihub.billing.usage;

import io.apihub.usage.v1.Ack;
import io.apihub.usage.v1.Batch;
import io.apihub.usage.v1.RejectedRecord;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.UsageServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The gRPC edge of usage. A stream's batches are taken in one after the other, each acknowledged
 * after its commit; a failure ends the stream, and the gateway sends again what was not
 * acknowledged.
 */
@Component
class UsageService extends UsageServiceGrpc.UsageServiceImplBase {

    private static final Logger LOG = LoggerFactory.getLogger(UsageService.class);
    private static final int MAX_RECORDS = 1000;

    private final UsageIngest ingest;

    UsageService(UsageIngest ingest) {
        this.ingest = ingest;
    }

    @Override
    public StreamObserver<ReportRequest> report(StreamObserver<ReportResponse> responses) {
        return new Stream(responses);
    }

    private final class Stream implements StreamObserver<ReportRequest> {

        private final StreamObserver<ReportResponse> responses;
        private @Nullable String gateway;
        private boolean ended;

        Stream(StreamObserver<ReportResponse> responses) {
            this.responses = responses;
        }

        @Override
        public void onNext(ReportRequest request) {
            if (ended) {
                return;
            }
            var known = gateway;
            if (request.hasHello()) {
                gateway = request.getHello().getGateway();
            } else if (known == null) {
                fail(Status.FAILED_PRECONDITION.withDescription("the first message is Hello"));
            } else if (request.getBatch().getRecordsCount() > MAX_RECORDS) {
                fail(
                        Status.INVALID_ARGUMENT.withDescription(
                                "a batch has at most " + MAX_RECORDS + " records"));
            } else {
                take(known, request.getBatch());
            }
        }

        private void take(String known, Batch batch) {
            try {
                var outcome = ingest.ingest(known, batch.getRecordsList());
                responses.onNext(ReportResponse.newBuilder().setAck(ack(batch, outcome)).build());
            } catch (RuntimeException e) {
                LOG.warn("usage stream of {} ends: {}", known, e.toString());
                fail(Status.UNAVAILABLE.withCause(e));
            }
        }

        private static Ack ack(Batch batch, UsageIngest.Outcome outcome) {
            var ack = Ack.newBuilder().setSeq(batch.getSeq()).setTimeline(outcome.timeline());
            outcome.rejected()
                    .forEach(rejected ->
                            ack.addRejected(
                                    RejectedRecord.newBuilder()
                                            .setHoldId(rejected.record().getHold().getHoldId())
                                            .setReason(rejected.reason())));
            return ack.build();
        }

        private void fail(Status status) {
            ended = true;
            responses.onError(status.asRuntimeException());
        }

        @Override
        public void onError(Throwable failure) {
            ended = true;
        }

        @Override
        public void onCompleted() {
            if (!ended) {
                ended = true;
                responses.onCompleted();
            }
        }
    }
}
