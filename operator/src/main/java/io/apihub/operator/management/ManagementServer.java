package io.apihub.operator.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Answers probes: alive, ready or why not, metrics. */
public final class ManagementServer implements AutoCloseable {

    private final HttpServer server;

    /**
     * Starts to answer.
     *
     * @param notReady why the process can't do its work; empty if it can
     * @param complaint what somebody should mend although it can; said with {@code ready}
     * @throws IOException if the address can't be bound
     */
    public ManagementServer(
            InetSocketAddress listen,
            Supplier<Optional<String>> notReady,
            Supplier<Optional<String>> complaint,
            PrometheusMeterRegistry metrics)
            throws IOException {
        server = HttpServer.create(listen, 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/livez", exchange -> answer(exchange, 200, "alive"));
        server.createContext(
                "/readyz",
                exchange -> {
                    var reason = notReady.get();
                    var ready = complaint.get().map("ready, but "::concat).orElse("ready");
                    answer(exchange, reason.isEmpty() ? 200 : 503, reason.orElse(ready));
                });
        server.createContext("/metrics", exchange -> answer(exchange, 200, metrics.scrape()));
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            var body = (text.endsWith("\n") ? text : text + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
