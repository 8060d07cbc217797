package io.apihub.extauthz.channel;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC server on a unix socket, with the health service that Envoy asks. Calls run on the event
 * loop: services must not block.
 */
public final class UnixSocketServer implements AutoCloseable {

    private final Server server;
    private final EventLoopGroup accepting;
    private final EventLoopGroup working;
    private final HealthStatusManager health = new HealthStatusManager();

    /**
     * Begins to serve. A socket file left by an earlier process is replaced.
     *
     * @param threads event loops
     * @param maxMessageBytes largest message taken in
     */
    public UnixSocketServer(Path socket, int threads, int maxMessageBytes, BindableService service)
            throws IOException {
        accepting = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        working = new MultiThreadIoEventLoopGroup(threads, EpollIoHandler.newFactory());
        Files.deleteIfExists(socket);
        server =
                NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                        .channelType(EpollServerDomainSocketChannel.class)
                        .bossEventLoopGroup(accepting)
                        .workerEventLoopGroup(working)
                        .directExecutor()
                        .flowControlWindow(1 << 20)
                        .maxInboundMessageSize(maxMessageBytes)
                        .permitKeepAliveTime(1, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .addService(service)
                        .addService(health.getHealthService())
                        .build()
                        .start();
    }

    /** What the health service tells; a new server tells that it serves. */
    public void serving(boolean serving) {
        health.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** Ends all calls at once. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdownNow();
        stop(accepting);
        stop(working);
    }

    private static void stop(EventLoopGroup loops) {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
