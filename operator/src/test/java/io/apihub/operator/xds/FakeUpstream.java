package io.apihub.operator.xds;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** A server that remembers what it was asked and says what a test told it to. */
public final class FakeUpstream implements AutoCloseable {

    /** What arrived. */
    public record Asked(String target, Headers headers, String body) {
        public String header(String name) {
            return String.valueOf(headers.getFirst(name));
        }
    }

    private final HttpServer server;
    private final String scheme;
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    private volatile int status = 200;
    private volatile String answer = "{\"usage\":{\"total_tokens\":3}}";

    private FakeUpstream(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.createContext("/v1/responses", this::stream);
        server.start();
    }

    private final CountDownLatch release = new CountDownLatch(1);

    public static FakeUpstream start() throws IOException {
        return new FakeUpstream(HttpServer.create(anyPort(), 0), "http");
    }

    public static FakeUpstream start(SSLContext tls) throws IOException {
        HttpsServer server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return new FakeUpstream(server, "https");
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    public String url() {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    void answerWith(int code) {
        status = code;
    }

    void answerWith(String json) {
        answer = json;
    }

    /** Lets open streams end. */
    void release() {
        release.countDown();
    }

    public Queue<Asked> asked() {
        return asked;
    }

    public Asked last() {
        return asked.stream().reduce((a, b) -> b).orElseThrow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        remember(exchange);
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.getResponseHeaders().set("set-cookie", "upstream=1");
        exchange.getResponseHeaders().set("www-authenticate", "Bearer");
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** One event at once, the end when released. */
    private void stream(HttpExchange exchange) throws IOException {
        remember(exchange);
        exchange.getResponseHeaders().set("content-type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write("data: first\n\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            release.await();
            out.write("data: last\n\n".getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void remember(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(
                new Asked(exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body));
    }

    @Override
    public void close() {
        release.countDown();
        server.stop(0);
    }
}
