package io.apihub.extauthz.credit;

import io.apihub.credit.v1.CreditServiceGrpc;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** The {@code Credit} service over gRPC. */
public record GrpcCreditTransport(ManagedChannel channel) implements CreditTransport {

    @Override
    public Stream open(Answers answers) {
        channel.resetConnectBackoff();
        var requests = CreditServiceGrpc.newStub(channel).open(new Responses(answers));
        return new Requests(requests);
    }

    private record Requests(StreamObserver<OpenRequest> observer) implements Stream {

        @Override
        public void send(OpenRequest message) {
            observer.onNext(message);
        }

        @Override
        public void complete() {
            observer.onCompleted();
        }
    }

    private record Responses(Answers answers) implements StreamObserver<OpenResponse> {

        @Override
        public void onNext(OpenResponse response) {
            answers.said(response);
        }

        @Override
        public void onError(Throwable cause) {
            answers.ended(cause);
        }

        @Override
        public void onCompleted() {
            answers.ended(Status.UNAVAILABLE.withDescription("billing hung up").asException());
        }
    }
}
