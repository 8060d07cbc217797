package io.apihub.bench;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;

/** Channels over unix sockets, with one event loop for all of them. */
final class UnixChannel {

    private static final EventLoopGroup LOOP =
            new MultiThreadIoEventLoopGroup(
                    1,
                    Thread.ofPlatform().daemon().name("load").factory(),
                    EpollIoHandler.newFactory());

    private UnixChannel() {}

    static ManagedChannel to(Path socket) {
        return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toString()))
                .channelType(EpollDomainSocketChannel.class)
                .eventLoopGroup(LOOP)
                .usePlaintext()
                .directExecutor()
                .flowControlWindow(1 << 20)
                .build();
    }
}
