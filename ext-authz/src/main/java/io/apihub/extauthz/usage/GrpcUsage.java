package io.apihub.extauthz.usage;

import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.UsageServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/** Streams of gRPC. */
final class GrpcUsage implements UsageTransport {

    private final ManagedChannel channel;

    GrpcUsage(ManagedChannel channel) {
        this.channel = channel;
    }

    @Override
    @SuppressWarnings("CheckReturnValue") // beforeStart got the same observer
    public Call open(Answers answers) {
        channel.resetConnectBackoff();
        var stream = new Stream(answers);
        UsageServiceGrpc.newStub(channel).report(stream);
        return stream;
    }

    private static final class Stream
            implements Call, ClientResponseObserver<ReportRequest, ReportResponse> {

        private final Answers answers;
        private @Nullable ClientCallStreamObserver<ReportRequest> requests;

        Stream(Answers answers) {
            this.answers = answers;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ReportRequest> call) {
            requests = call;
        }

        @Override
        public void send(ReportRequest request) {
            if (requests != null) {
                requests.onNext(request);
            }
        }

        @Override
        public void cancel(String why) {
            if (requests != null) {
                requests.cancel(why, null);
            }
        }

        @Override
        public void complete() {
            if (requests != null) {
                requests.onCompleted();
            }
        }

        @Override
        public void onNext(ReportResponse response) {
            answers.answered(response);
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
