package io.apihub.billing.budget;

import io.apihub.billing.database.DatabaseState;
import io.apihub.billing.database.Durability;
import io.apihub.credit.v1.CreditServiceGrpc;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.grpc.stub.StreamObserver;
import org.springframework.stereotype.Component;

/** The gRPC edge of leases: one stream for each gateway. */
@Component
class CreditService extends CreditServiceGrpc.CreditServiceImplBase {

    private final Parts parts;

    CreditService(
            Leases leases,
            Incarnations incarnations,
            CreditQueue queue,
            CreditStreams streams,
            DatabaseState database,
            Durability durability) {
        this.parts = new Parts(leases, incarnations, queue, streams, database, durability);
    }

    /** What a stream works with. */
    record Parts(
            Leases leases,
            Incarnations incarnations,
            CreditQueue queue,
            CreditStreams streams,
            DatabaseState database,
            Durability durability) {}

    @Override
    public StreamObserver<OpenRequest> open(StreamObserver<OpenResponse> responses) {
        return new CreditStream(parts, responses);
    }
}
