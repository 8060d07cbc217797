package io.apihub.extauthz.channel;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Unary gRPC methods on a unix socket, and the health service that Envoy asks, at half the cost of
 * grpc-java's server. Methods run on the event loop: they must not block.
 */
public final class UnaryServer implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 2;

    private final EventLoopGroup accepting;
    private final EventLoopGroup working;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final HealthMethod health = new HealthMethod();

    /**
     * Begins to serve. A socket file left by an earlier process is replaced.
     *
     * @param threads event loops
     * @param maxMessageBytes largest message taken in
     * @param methods by path
     * @throws IOException if the socket can't be bound
     */
    public UnaryServer(
            Path socket, int threads, int maxMessageBytes, Map<String, UnaryMethod> methods)
            throws IOException {
        var all = new HashMap<AsciiString, UnaryMethod>();
        methods.forEach((path, method) -> all.put(AsciiString.of(path), method));
        all.put(AsciiString.of(HealthMethod.PATH), health);
        Files.deleteIfExists(socket);
        accepting = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        working = new MultiThreadIoEventLoopGroup(threads, EpollIoHandler.newFactory());
        var bound =
                new ServerBootstrap()
                        .group(accepting, working)
                        .channel(EpollServerDomainSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel connection) {
                                        connections.add(connection);
                                        connection
                                                .pipeline()
                                                .addLast(new UnaryConnection(all, maxMessageBytes));
                                    }
                                })
                        .bind(new DomainSocketAddress(socket.toFile()))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            stop(accepting);
            stop(working);
            throw new IOException("cannot serve on " + socket, bound.cause());
        }
    }

    /** What the health service tells; a new server tells that it serves. */
    public void serving(boolean serving) {
        health.serving(serving);
    }

    /** Ends all calls at once. */
    @Override
    public void close() {
        stop(accepting);
        connections.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
        stop(working);
    }

    private static void stop(EventLoopGroup loops) {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS)
                .awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
