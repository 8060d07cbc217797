package io.apihub.operator.feed;

import io.apihub.policy.v1.SubscribeResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Back-pressure of one gRPC stream; all sending happens on the subscription's thread. */
final class GrpcOutlet implements Subscription.Outlet {

    /** A gateway that takes nothing for so long is cut off: it would keep a database state open. */
    private static final long MAX_STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ServerCallStreamObserver<SubscribeResponse> responses;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean ended;

    /** Must be made within the service method, as gRPC asks of its handlers. */
    GrpcOutlet(ServerCallStreamObserver<SubscribeResponse> responses) {
        this.responses = responses;
        responses.setOnReadyHandler(this::signal);
        responses.setOnCancelHandler(this::end);
    }

    @Override
    public boolean awaitReady() {
        lock.lock();
        try {
            long left = MAX_STALL_NANOS;
            while (!ended && !responses.isReady()) {
                if (left <= 0) {
                    ended = true;
                    responses.onError(
                            Status.RESOURCE_EXHAUSTED
                                    .withDescription("the gateway takes nothing")
                                    .asRuntimeException());
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return !ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void send(SubscribeResponse response) {
        responses.onNext(response);
    }

    /** Makes {@link #awaitReady} answer false from now on. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
