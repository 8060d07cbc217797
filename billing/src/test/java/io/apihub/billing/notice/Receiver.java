package io.apihub.billing.notice;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Somebody who takes webhooks: keeps what came, and answers as the path says. */
final class Receiver {

    private final HttpServer server;
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> statuses = new ConcurrentHashMap<>();

    /** What came. */
    record Heard(
            String path, String id, String delivery, String kind, String signature, String body) {}

    Receiver() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        var headers = exchange.getRequestHeaders();
        heard.add(
                new Heard(
                        exchange.getRequestURI().getPath(),
                        headers.getFirst("X-APIHub-Id"),
                        headers.getFirst("X-APIHub-Delivery"),
                        headers.getFirst("X-APIHub-Kind"),
                        headers.getFirst("X-APIHub-Signature"),
                        new String(
                                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        exchange.sendResponseHeaders(
                statuses.getOrDefault(exchange.getRequestURI().getPath(), 200), -1);
        exchange.close();
    }

    void answer(String path, int status) {
        statuses.put(path, status);
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    List<Heard> at(String path) {
        return heard.stream().filter(one -> one.path().equals(path)).toList();
    }
}
