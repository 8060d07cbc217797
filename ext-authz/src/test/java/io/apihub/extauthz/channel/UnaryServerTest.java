package io.apihub.extauthz.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With grpc-java's client, which we did not write, over a unix socket. */
class UnaryServerTest {

    private static final int LARGEST = 8 << 20;
    private static final int SECONDS = 60;

    @SuppressWarnings("ArrayRecordComponent") // Nobody compares it.
    private record Waiting(byte[] message, UnaryCall call) {}

    private final LinkedBlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final CountDownLatch cancelled = new CountDownLatch(10);
    @TempDir private Path directory;
    private UnaryServer server;
    private EventLoopGroup loops;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        var socket = directory.resolve("unary.sock");
        server =
                new UnaryServer(
                        socket,
                        1,
                        LARGEST,
                        Map.of(
                                "/test.Test/Echo", (message, call) -> call.answer(message),
                                "/test.Test/Later", this::later,
                                "/test.Test/No", (_, call) -> call.fail(Status.Code.ABORTED),
                                "/test.Test/Broken",
                                        (_, _) -> {
                                            throw new IllegalStateException("on purpose");
                                        }));
        loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        channel =
                NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loops)
                        .usePlaintext()
                        .flowControlWindow(40_000)
                        .maxInboundMessageSize(LARGEST)
                        .build();
    }

    private void later(byte[] message, UnaryCall call) {
        call.onCancel(cancelled::countDown);
        waiting.add(new Waiting(message, call));
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        var _ = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_378, 16_379, 16_380, 39_995, 39_996, 700_000, LARGEST})
    void messagesOfAllSizesGoBothWays(int size) {
        var message = new byte[size];
        new Random(size).nextBytes(message);

        assertThat(call("Echo", message)).isEqualTo(message);
    }

    @Test
    void everyCallGetsItsOwnAnswerWheneverThatComes() throws Exception {
        var answers = new ArrayList<ListenableFuture<byte[]>>();
        for (int i = 0; i < 500; i++) {
            answers.add(begin("Later", ByteBuffer.allocate(2_000).putInt(i).array()));
        }
        for (int i = 0; i < answers.size(); i++) {
            var next = next();
            next.call().answer(next.message());
            next.call().answer(new byte[1]); // Has no effect.
            next.call().fail(Status.Code.INTERNAL);
        }
        for (int i = 0; i < answers.size(); i++) {
            var answer = answers.get(i).get(SECONDS, TimeUnit.SECONDS);
            assertThat(ByteBuffer.wrap(answer).getInt()).isEqualTo(i);
        }
        assertThat(cancelled.getCount()).isEqualTo(10);
    }

    @Test
    void whatCantBeAnsweredSaysWhy() {
        assertThat(failure("Nowhere", 1)).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(failure("Nowhere", 300_000)).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(failure("No", 1)).isEqualTo(Status.Code.ABORTED);
        assertThat(failure("Broken", 1)).isEqualTo(Status.Code.INTERNAL);
        assertThat(failure("Echo", LARGEST + 1)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

        assertThat(call("Echo", new byte[3])).hasSize(3);
    }

    @Test
    void itsHealthCanBeAsked() {
        var health =
                HealthGrpc.newBlockingStub(channel).withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
        var whole = HealthCheckRequest.getDefaultInstance();

        assertThat(health.check(whole).getStatus()).isEqualTo(ServingStatus.SERVING);
        server.serving(false);
        assertThat(health.check(whole).getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        assertThatThrownBy(() -> health.check(whole.toBuilder().setService("other").build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("NOT_FOUND");
    }

    @Test
    void aMethodHearsThatItsCallerGaveUp() throws Exception {
        var call = begin("Later", new byte[1]);
        var late = next();

        call.cancel(true);
        await(9);

        late.call().answer(new byte[1]);
        assertThat(call("Echo", new byte[3])).hasSize(3);
    }

    @Test
    void aMethodHearsThatTheConnectionIsGone() throws Exception {
        for (int i = 0; i < 10; i++) {
            var _ = begin("Later", new byte[1]);
            next();
        }

        channel.shutdownNow();

        await(0);
    }

    @Test
    void closingEndsWhatIsOpen() throws Exception {
        var call = begin("Later", new byte[1]);
        next();

        server.close();

        await(9);
        assertThatThrownBy(() -> call.get(SECONDS, TimeUnit.SECONDS)).isNotNull();
    }

    private void await(int left) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (cancelled.getCount() != left) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private Waiting next() throws InterruptedException {
        @Nullable Waiting next = waiting.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    private Status.Code failure(String method, int size) {
        try {
            call(method, new byte[size]);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private byte[] call(String method, byte[] message) {
        return ClientCalls.blockingUnaryCall(channel, method(method), options(), message);
    }

    private ListenableFuture<byte[]> begin(String method, byte[] message) {
        return ClientCalls.futureUnaryCall(channel.newCall(method(method), options()), message);
    }

    private static CallOptions options() {
        return CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName("test.Test/" + name)
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
