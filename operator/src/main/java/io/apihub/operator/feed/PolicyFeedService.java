package io.apihub.operator.feed;

import io.apihub.operator.feed.Subscription.StreamEndedException;
import io.apihub.operator.feed.Subscription.Times;
import io.apihub.operator.registry.GatewaySessions.FeedState;
import io.apihub.operator.registry.Head;
import io.apihub.policy.v1.Ack;
import io.apihub.policy.v1.Hello;
import io.apihub.policy.v1.PolicyFeedServiceGrpc.PolicyFeedServiceImplBase;
import io.apihub.policy.v1.SubscribeRequest;
import io.apihub.policy.v1.SubscribeResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC edge of the feed: turns a gateway's messages into a subscription and a roster entry. */
public final class PolicyFeedService extends PolicyFeedServiceImplBase {

    private static final int MAX_READS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(PolicyFeedService.class);

    private final FeedReader reader;
    private final GatewayRoster roster;
    private final Times times;
    private final Semaphore reads = new Semaphore(MAX_READS);

    public PolicyFeedService(
            FeedReader reader, GatewayRoster roster, InstantSource clock, LongSupplier nanoTime) {
        this.reader = reader;
        this.roster = roster;
        this.times = new Times(clock, nanoTime);
    }

    @Override
    public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> responses) {
        return new Inbound((ServerCallStreamObserver<SubscribeResponse>) responses);
    }

    /** What one gateway sends. gRPC calls it from one thread at a time. */
    private final class Inbound implements StreamObserver<SubscribeRequest> {

        private final ServerCallStreamObserver<SubscribeResponse> responses;
        private final GrpcOutlet outlet;
        private String gateway = "";

        Inbound(ServerCallStreamObserver<SubscribeResponse> responses) {
            this.responses = responses;
            this.outlet = new GrpcOutlet(responses);
            responses.setOnCloseHandler(() -> leave(false));
        }

        @Override
        public void onNext(SubscribeRequest request) {
            switch (request.getMessageCase()) {
                case HELLO -> hello(request.getHello());
                case ACK -> ack(request.getAck());
                case GOODBYE -> leave(true);
                case MESSAGE_NOT_SET -> {}
            }
        }

        private void hello(Hello hello) {
            if (!gateway.isEmpty() || hello.getGateway().isBlank()) {
                outlet.end();
                responses.onError(
                        Status.INVALID_ARGUMENT
                                .withDescription("one Hello that names the gateway comes first")
                                .asRuntimeException());
                return;
            }
            gateway = hello.getGateway();
            var replaced = roster.enter(this, state(hello), this::replaced);
            if (replaced != null) {
                replaced.run();
            }
            var has =
                    hello.getEpoch().isEmpty()
                            ? null
                            : new Head(hello.getEpoch(), hello.getTerm(), hello.getRevision());
            Thread.ofVirtual().name("feed-" + gateway).start(() -> serve(has));
            LOG.info("gateway {} has revision {}", gateway, hello.getRevision());
        }

        private FeedState state(Hello hello) {
            return new FeedState(
                    gateway,
                    hello.getIncarnation().toByteArray(),
                    hello.getEpoch(),
                    hello.getRevision(),
                    times.clock().instant(),
                    null);
        }

        private void serve(@Nullable Head has) {
            try {
                new Subscription(
                                outlet, reader, reads, times, has, () -> roster.seen(this, gateway))
                        .run();
                responses.onCompleted();
            } catch (StreamEndedException e) {
                LOG.debug("gateway {} went while it was being sent to", gateway);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (StatusRuntimeException | IllegalStateException e) {
                LOG.info("the feed of gateway {} ended: {}", gateway, e.getMessage());
            }
        }

        private void ack(Ack ack) {
            roster.acked(this, gateway, ack.getEpoch(), ack.getRevision());
        }

        private void replaced() {
            LOG.info("gateway {} has connected again", gateway);
            outlet.end();
        }

        private void leave(boolean goodbye) {
            outlet.end();
            roster.left(this, gateway, goodbye);
        }

        @Override
        public void onError(Throwable cause) {
            leave(false);
        }

        @Override
        public void onCompleted() {
            leave(false);
        }
    }
}
