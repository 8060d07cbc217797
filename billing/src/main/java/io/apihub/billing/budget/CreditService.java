package io.apihub.billing.budget;

import io.apihub.billing.grpc.GrpcOutbox;
import io.apihub.credit.v1.CreditServiceGrpc;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.grpc.stub.StreamObserver;
import org.springframework.stereotype.Component;

/** The gRPC edge of leases: one stream for each gateway. */
@Component
class CreditService extends CreditServiceGrpc.CreditServiceImplBase {

    private final CreditOffice office;

    CreditService(CreditOffice office) {
        this.office = office;
    }

    @Override
    public StreamObserver<OpenRequest> open(StreamObserver<OpenResponse> responses) {
        var session = office.open(new GrpcOutbox<>(responses));
        return new StreamObserver<>() {
            @Override
            public void onNext(OpenRequest request) {
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
