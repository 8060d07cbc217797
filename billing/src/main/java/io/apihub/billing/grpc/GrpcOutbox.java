package io.apihub.billing.grpc;

import io.apihub.billing.stream.Outbox;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** An outbox that is a gRPC stream. */
public final class GrpcOutbox<T> implements Outbox<T> {

    private final StreamObserver<T> responses;

    public GrpcOutbox(StreamObserver<T> responses) {
        this.responses = responses;
    }

    @Override
    public void send(T message) {
        responses.onNext(message);
    }

    @Override
    public void fail(Failure failure, String why) {
        responses.onError(status(failure).withDescription(why).asRuntimeException());
    }

    private static Status status(Failure failure) {
        return switch (failure) {
            case INVALID -> Status.INVALID_ARGUMENT;
            case NO_HELLO -> Status.FAILED_PRECONDITION;
            case BUSY -> Status.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Status.UNAVAILABLE;
        };
    }

    @Override
    public void complete() {
        responses.onCompleted();
    }
}
