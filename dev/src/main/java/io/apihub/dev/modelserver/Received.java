package io.apihub.dev.modelserver;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What is kept of a request's head: all but the credentials, of which only a digest is. */
final class Received {

    private static final Set<String> SECRET =
            Set.of("authorization", "proxy-authorization", "x-api-key", "x-goog-api-key", "cookie");
    private static final Pattern SECRET_PARAMETER =
            Pattern.compile("([?&](?:key|auth_token|access_token)=)([^&]*)");

    private Received() {}

    static Map<String, String> headers(HttpExchange exchange) {
        var headers = new TreeMap<String, String>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> {
                    String key = name.toLowerCase(Locale.ROOT);
                    String value = String.join(", ", values);
                    headers.put(key, SECRET.contains(key) ? digest(value) : value);
                });
        return headers;
    }

    static String path(HttpExchange exchange) {
        return SECRET_PARAMETER
                .matcher(exchange.getRequestURI().toString())
                .replaceAll(m -> m.group(1) + digest(m.group(2)));
    }

    /** {@code sha256:} and the digest of a credential, without the word {@code Bearer}. */
    static String digest(String credential) {
        String bare = credential.startsWith("Bearer ") ? credential.substring(7) : credential;
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(bare.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
