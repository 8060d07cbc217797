package io.apihub.billing.usage;

import io.apihub.billing.grpc.GrpcOutbox;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.UsageServiceGrpc;
import io.grpc.stub.StreamObserver;
import org.springframework.stereotype.Component;

/** The gRPC edge of usage: one stream for each gateway. */
@Component
class UsageService extends UsageServiceGrpc.UsageServiceImplBase {

    private final UsageQueue queue;
    private final RefusalTable refusals;

    UsageService(UsageQueue queue, RefusalTable refusals) {
        this.queue = queue;
        this.refusals = refusals;
    }

    @Override
    public StreamObserver<ReportRequest> report(StreamObserver<ReportResponse> responses) {
        var session = new UsageSession(queue, refusals, new GrpcOutbox<>(responses));
        return new StreamObserver<>() {
            @Override
            public void onNext(ReportRequest request) {
                session.receive(request);
            }

            @Override
            public void onError(Throwable failure) {
                session.broken();
            }

            @Override
            public void onCompleted() {
                session.complete();
            }
        };
    }
}
