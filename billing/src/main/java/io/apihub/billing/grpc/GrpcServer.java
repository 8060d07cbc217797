package io.apihub.billing.grpc;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.settings.Settings;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The server for gateways, and the one place where it is made. It listens once the database is
 * there: before that a gateway finds nobody, which it knows how to live with.
 */
@Component
public class GrpcServer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);

    /** A batch of 1,000 usage records is about 1 MB. */
    private static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    private final Settings settings;
    private final DatabaseGate gate;
    private final List<BindableService> services;
    private volatile boolean running;
    private volatile @Nullable Server server;

    GrpcServer(Settings settings, DatabaseGate gate, List<BindableService> services) {
        this.settings = settings;
        this.gate = gate;
        this.services = List.copyOf(services);
    }

    /** The port listened on; 0 until the database is there. */
    public int port() {
        var listening = server;
        return listening == null ? 0 : listening.getPort();
    }

    @Override
    public void start() {
        running = true;
        gate.onceOpen(this::listen);
    }

    private void listen() {
        var address = settings.listeners().grpc();
        var builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(address.host(), address.port()))
                        // Services may block on the database: each call has a thread of its own.
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                        .permitKeepAliveTime(5, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .keepAliveTime(20, TimeUnit.SECONDS)
                        .keepAliveTimeout(10, TimeUnit.SECONDS);
        services.forEach(builder::addService);
        try {
            server = builder.build().start();
            LOG.info("gateways may call {}:{}", address.host(), port());
        } catch (IOException e) {
            throw new UncheckedIOException("can't listen on APIHUB_GRPC_LISTEN " + address, e);
        }
    }

    @Override
    public void stop() {
        running = false;
        var listening = server;
        if (listening != null) {
            listening.shutdown();
            try {
                if (!listening.awaitTermination(1, TimeUnit.SECONDS)) {
                    listening.shutdownNow();
                    listening.awaitTermination(3, TimeUnit.SECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
