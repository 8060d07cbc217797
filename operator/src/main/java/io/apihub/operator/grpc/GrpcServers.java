package io.apihub.operator.grpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Makes the servers that gateways connect to. */
public final class GrpcServers {

    // Envoy's biggest message is a discovery request that names every resource.
    private static final int MAX_REQUEST_BYTES = 4 << 20;

    private GrpcServers() {}

    /**
     * Starts a server. A peer that does not answer pings within ten seconds is dropped.
     *
     * @throws IOException if the address can't be bound
     */
    public static Server start(InetSocketAddress listen, List<BindableService> services)
            throws IOException {
        var builder =
                NettyServerBuilder.forAddress(listen)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .maxInboundMessageSize(MAX_REQUEST_BYTES)
                        .keepAliveTime(5, TimeUnit.SECONDS)
                        .keepAliveTimeout(5, TimeUnit.SECONDS)
                        .permitKeepAliveTime(1, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        return builder.build().start();
    }
}
