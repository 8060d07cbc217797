package io.apihub.billing.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.settings.Settings;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** GET /livez, /readyz and /metrics. */
@Component
public class ManagementServer implements SmartLifecycle {

    private final Settings settings;
    private final DatabaseGate gate;
    private final PrometheusMeterRegistry metrics;
    private @Nullable HttpServer server;
    private volatile boolean stopping;

    ManagementServer(Settings settings, DatabaseGate gate, PrometheusMeterRegistry metrics) {
        this.settings = settings;
        this.gate = gate;
        this.metrics = metrics;
    }

    private record Reply(int status, String body) {}

    @Override
    public void start() {
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        new UptimeMetrics().bindTo(metrics);
        var address = settings.listeners().management();
        try {
            var started =
                    HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
            started.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            serve(started, "/livez", exchange -> new Reply(200, "ok\n"));
            serve(started, "/readyz", exchange -> readiness());
            serve(started, "/metrics", exchange -> new Reply(200, metrics.scrape()));
            started.start();
            server = started;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "can't listen on APIHUB_MANAGEMENT_LISTEN " + address, e);
        }
    }

    private Reply readiness() {
        if (stopping) {
            return new Reply(503, "stopping\n");
        }
        return gate.isOpen()
                ? new Reply(200, "ready\n")
                : new Reply(503, "waiting for " + gate.waitingFor() + "\n");
    }

    private static void serve(
            HttpServer server, String path, Function<HttpExchange, Reply> answer) {
        server.createContext(
                path,
                exchange -> {
                    boolean known =
                            exchange.getRequestURI().getPath().equals(path)
                                    && exchange.getRequestMethod().equals("GET");
                    var reply = known ? answer.apply(exchange) : new Reply(404, "not found\n");
                    var body = reply.body().getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders()
                            .set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
                    exchange.sendResponseHeaders(reply.status(), body.length);
                    try (var out = exchange.getResponseBody()) {
                        out.write(body);
                    }
                });
    }

    /** The port listened on. */
    public int port() {
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return server.getAddress().getPort();
    }

    @Override
    public void stop() {
        stopping = true;
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    /** Before all else, so that a start that takes long can be seen. */
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }
}
