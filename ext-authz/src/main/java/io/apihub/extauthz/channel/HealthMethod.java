package io.apihub.extauthz.channel;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;

/** The method of gRPC's health service that Envoy asks, about the server as a whole. */
final class HealthMethod implements UnaryMethod {

    static final String PATH = "/grpc.health.v1.Health/Check";

    private volatile ServingStatus status = ServingStatus.SERVING;

    void serving(boolean serving) {
        status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    }

    @Override
    public void call(byte[] message, UnaryCall call) {
        try {
            if (HealthCheckRequest.parseFrom(message).getService().isEmpty()) {
                call.answer(
                        HealthCheckResponse.newBuilder().setStatus(status).build().toByteArray());
            } else {
                call.fail(Status.Code.NOT_FOUND);
            }
        } catch (InvalidProtocolBufferException e) {
            call.fail(Status.Code.INTERNAL);
        }
    }
}
