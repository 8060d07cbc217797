package io.apihub.extauthz.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.policy.v1.Ack;
import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Heartbeat;
import io.apihub.policy.v1.PolicyFeedServiceGrpc;
import io.apihub.policy.v1.SubscribeRequest;
import io.apihub.policy.v1.SubscribeResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The operator's side of the feed. */
final class ScriptedOperator extends PolicyFeedServiceGrpc.PolicyFeedServiceImplBase {

    private final BlockingQueue<SubscribeRequest> received = new LinkedBlockingQueue<>();
    private volatile boolean goodbye;
    private volatile @Nullable StreamObserver<SubscribeResponse> gateway;

    @Override
    public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> responses) {
        gateway = responses;
        return new StreamObserver<>() {
            @Override
            public void onNext(SubscribeRequest request) {
                goodbye |= request.hasGoodbye();
                received.add(request);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        };
    }

    void awaitHello(String epoch, long revision) throws InterruptedException {
        while (true) {
            var request = received.poll(60, TimeUnit.SECONDS);
            assertThat(request).as("hello").isNotNull();
            if (request != null && request.hasHello()) {
                assertThat(request.getHello().getGateway()).isEqualTo("gw-0");
                assertThat(request.getHello().getEpoch()).isEqualTo(epoch);
                assertThat(request.getHello().getRevision()).isEqualTo(revision);
                return;
            }
        }
    }

    @Nullable Ack awaitAck() throws InterruptedException {
        var request = received.poll(60, TimeUnit.SECONDS);
        return request == null ? null : request.getAck();
    }

    boolean saidGoodbye() {
        return goodbye;
    }

    void send(Batch batch) {
        respond(SubscribeResponse.newBuilder().setBatch(batch).build());
    }

    void heartbeat(String epoch, long head) {
        respond(
                SubscribeResponse.newBuilder()
                        .setHeartbeat(Heartbeat.newBuilder().setEpoch(epoch).setHeadRevision(head))
                        .build());
    }

    private void respond(SubscribeResponse response) {
        var open = gateway;
        assertThat(open).isNotNull();
        if (open != null) {
            open.onNext(response);
        }
    }

    void breakStream() {
        var open = gateway;
        if (open != null) {
            open.onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
        }
    }
}
