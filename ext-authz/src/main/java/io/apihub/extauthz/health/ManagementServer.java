package io.apihub.extauthz.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Serves {@code /livez}, {@code /readyz} and {@code /metrics} to the platform, in plain text. */
public final class ManagementServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads =
            Executors.newFixedThreadPool(2, ManagementServer::thread);

    /**
     * Begins to serve.
     *
     * @param metrics in Prometheus' text format
     * @throws IOException if the address is taken
     */
    public ManagementServer(
            InetSocketAddress address, Readiness readiness, Supplier<String> metrics)
            throws IOException {
        server = HttpServer.create(address, 16);
        server.setExecutor(threads);
        server.createContext("/livez", exchange -> answer(exchange, 200, "ok"));
        server.createContext("/readyz", exchange -> ready(exchange, readiness.notReady()));
        server.createContext("/metrics", exchange -> answer(exchange, 200, metrics.get()));
        server.start();
    }

    private static Thread thread(Runnable task) {
        return Thread.ofPlatform().name("management").daemon().unstarted(task);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void ready(HttpExchange exchange, Optional<String> notReady) throws IOException {
        answer(exchange, notReady.isEmpty() ? 200 : 503, notReady.orElse("ready"));
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            var bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
