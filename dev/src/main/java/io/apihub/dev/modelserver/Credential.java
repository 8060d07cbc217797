package io.apihub.dev.modelserver;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The key that clients must show, in any of the vendors' places; without one, all are let in. */
final class Credential {

    private final Optional<String> key;

    Credential(Optional<String> key) {
        this.key = key;
    }

    boolean accepts(HttpExchange exchange) {
        return key.isEmpty() || shown(exchange).anyMatch(this::isKey);
    }

    private boolean isKey(String shown) {
        return MessageDigest.isEqual(
                shown.getBytes(StandardCharsets.UTF_8),
                key.orElseThrow().getBytes(StandardCharsets.UTF_8));
    }

    private static Stream<String> shown(HttpExchange exchange) {
        var headers = exchange.getRequestHeaders();
        @Nullable String authorization = headers.getFirst("Authorization");
        Stream<String> bearer =
                authorization != null && authorization.startsWith("Bearer ")
                        ? Stream.of(authorization.substring(7))
                        : Stream.empty();
        Stream<String> others =
                Stream.of("x-api-key", "x-goog-api-key")
                        .flatMap(name -> Stream.ofNullable(headers.getFirst(name)));
        @Nullable String query = exchange.getRequestURI().getQuery();
        Stream<String> parameters =
                Stream.ofNullable(query)
                        .flatMap(q -> Stream.of(q.split("&")))
                        .filter(p -> p.startsWith("key="))
                        .map(p -> p.substring(4));
        return Stream.of(bearer, others, parameters).flatMap(s -> s);
    }

    @Override
    public String toString() {
        return "***";
    }
}
