package io.apihub.dev.modelserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A running model server on the loopback address. It has two paths of its own: {@code GET /healthz}
 * and {@code GET /served?since=N}, which lists {@link Served} from position N on, one JSON object a
 * line.
 */
public final class ModelServer implements AutoCloseable {

    static {
        // Otherwise each small event waits for the peer's delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final ServedLog log;

    private ModelServer(HttpServer server, ExecutorService threads, ServedLog log) {
        this.server = server;
        this.threads = threads;
        this.log = log;
    }

    /** Starts one that lets everybody in. Port 0 takes a free one. */
    public static ModelServer start(int port) {
        return start(port, Optional.empty(), Optional.empty());
    }

    /**
     * Starts one.
     *
     * @param apiKey what clients must show, in any of the vendors' headers
     * @param log a file to append what is served to, as JSON lines
     * @throws UncheckedIOException if the port is taken or the log can't be written
     */
    public static ModelServer start(int port, Optional<String> apiKey, Optional<Path> log) {
        ServedLog served = log.map(ServedLog::appendingTo).orElseGet(ServedLog::inMemory);
        try {
            HttpServer server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
            server.setExecutor(threads);
            var credential = new Credential(apiKey);
            server.createContext(
                    "/", new ModelRequests(credential, served, InstantSource.system()));
            server.createContext("/healthz", e -> text(e, "ok\n"));
            server.createContext(
                    "/served", e -> text(e, ServedLines.write(served.since(since(e)))));
            server.start();
            return new ModelServer(server, threads, served);
        } catch (IOException e) {
            served.close();
            throw new UncheckedIOException("cannot listen on port " + port, e);
        }
    }

    private static long since(HttpExchange exchange) {
        String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
        return query.matches("since=\\d{1,18}") ? Long.parseLong(query.substring(6)) : 0;
    }

    private static void text(HttpExchange exchange, String text) throws IOException {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            // The JDK's server reads 0 as "of unknown length".
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** Everything served so far, oldest first. */
    public List<Served> served() {
        return log.since(0);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        log.close();
    }
}
