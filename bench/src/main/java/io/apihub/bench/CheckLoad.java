package io.apihub.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A closed loop of checks over one connection, as one Envoy worker makes it. */
final class CheckLoad implements AutoCloseable {

    static final int STREAMS = 16;

    private final ManagedChannel channel;
    private final CheckRequest[] requests;
    private final int streams;
    private final Consumer<String> holds;

    /**
     * @param streams open at once
     * @param keys of which at most a thousand are used, spread over all
     * @param holds told the hold of each answer, as Envoy would write it to its log
     */
    CheckLoad(Path socket, int streams, int keys, int bodyBytes, Consumer<String> holds) {
        this(socket, streams, requests(keys, Math.min(keys, 1_000), bodyBytes), holds);
    }

    private CheckLoad(Path socket, int streams, CheckRequest[] requests, Consumer<String> holds) {
        this.streams = streams;
        this.holds = holds;
        this.requests = requests;
        channel = UnixChannel.to(socket);
    }

    /** One that uses each key in its turn. */
    static CheckLoad ofAllKeys(Path socket, int keys, Consumer<String> holds) {
        return new CheckLoad(socket, STREAMS, requests(keys, keys, 200), holds);
    }

    private static CheckRequest[] requests(int keys, int count, int bodyBytes) {
        var requests = new CheckRequest[count];
        for (int i = 0; i < count; i++) {
            requests[i] = request((int) ((long) i * keys / count), bodyBytes);
        }
        return requests;
    }

    /** Sends the requests; fails unless every one is allowed. */
    void run(int count) throws InterruptedException {
        var stub = AuthorizationGrpc.newStub(channel);
        var next = new AtomicInteger();
        var left = new CountDownLatch(count);
        var failure = new AtomicReference<@Nullable String>();
        for (int i = 0; i < streams; i++) {
            send(stub, next, count, left, failure);
        }
        left.await();
        var why = failure.get();
        if (why != null) {
            throw new IllegalStateException("a check was not allowed: " + why);
        }
    }

    private void send(
            AuthorizationGrpc.AuthorizationStub stub,
            AtomicInteger next,
            int count,
            CountDownLatch left,
            AtomicReference<@Nullable String> failure) {
        int number = next.getAndIncrement();
        if (number >= count) {
            return;
        }
        stub.check(
                requests[number % requests.length],
                new StreamObserver<CheckResponse>() {
                    @Override
                    public void onNext(CheckResponse response) {
                        if (response.hasOkResponse()) {
                            var metadata = response.getDynamicMetadata().getFieldsOrThrow("hold");
                            holds.accept(metadata.getStringValue());
                        } else {
                            failure.set(response.toString());
                        }
                    }

                    @Override
                    public void onError(Throwable error) {
                        failure.set(error.toString());
                        onCompleted();
                    }

                    @Override
                    public void onCompleted() {
                        left.countDown();
                        send(stub, next, count, left, failure);
                    }
                });
    }

    static String body(int bytes) {
        var frame =
                "{\"model\":\""
                        + FakeOperator.MODEL
                        + "\",\"max_tokens\":256,\"messages\":"
                        + "[{\"role\":\"user\",\"content\":\"%s\"}]}";
        return String.format(
                frame, "lorem ipsum ".repeat(bytes / 12 + 1).substring(0, Math.max(1, bytes - 85)));
    }

    private static CheckRequest request(int key, int bodyBytes) {
        var body = body(bodyBytes).getBytes(StandardCharsets.UTF_8);
        var http =
                AttributeContext.HttpRequest.newBuilder()
                        .setId("0123456789")
                        .setMethod("POST")
                        .setPath("/v1/chat/completions")
                        .setHost("localhost:10000")
                        .setScheme("http")
                        .setProtocol("HTTP/1.1")
                        .setSize(body.length)
                        .putHeaders(":method", "POST")
                        .putHeaders(":path", "/v1/chat/completions")
                        .putHeaders(":authority", "localhost:10000")
                        .putHeaders("authorization", "Bearer " + BenchKeys.secret(key).reveal())
                        .putHeaders("content-type", "application/json")
                        .putHeaders("content-length", Integer.toString(body.length))
                        .putHeaders("x-request-id", "7f9c2a44-0f0e-4a3e-9a57-0b1c2d3e4f50")
                        .putHeaders("x-envoy-external-address", "192.0.2.7")
                        .setRawBody(ByteString.copyFrom(body));
        var dialect =
                Struct.newBuilder()
                        .putFields(
                                "dialect", Value.newBuilder().setStringValue("openai_chat").build())
                        .putFields("longest", Value.newBuilder().setStringValue("3660000").build());
        return CheckRequest.newBuilder()
                .setAttributes(
                        AttributeContext.newBuilder()
                                .setRequest(AttributeContext.Request.newBuilder().setHttp(http))
                                .setRouteMetadataContext(
                                        Metadata.newBuilder()
                                                .putFilterMetadata("apihub", dialect.build())))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
