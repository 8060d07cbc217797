package io.apihub.billing.testing;

import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a server said on a stream, to be taken in order. */
public final class GatewayStream<T> implements StreamObserver<T> {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final LinkedBlockingQueue<T> received = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;

    /** The next message. */
    public T next() {
        try {
            var message = received.poll(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            if (message == null) {
                throw new AssertionError("no message; failure: " + failure);
            }
            return message;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next so many messages. */
    public List<T> next(int count) {
        var messages = new ArrayList<T>();
        for (int i = 0; i < count; i++) {
            messages.add(next());
        }
        return messages;
    }

    /** Waits for the end; null if it was a good one. */
    public @Nullable Throwable end() {
        try {
            if (!ended.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the stream does not end");
            }
            return failure;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void onNext(T message) {
        received.add(message);
    }

    @Override
    public void onError(Throwable cause) {
        failure = cause;
        ended.countDown();
    }

    @Override
    public void onCompleted() {
        ended.countDown();
    }
}
