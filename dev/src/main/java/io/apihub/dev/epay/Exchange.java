package io.apihub.dev.epay;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request to the platform, with its fields. */
record Exchange(
        HttpExchange http, String path, Map<String, String> query, Map<String, String> form) {

    private static final int MOST = 1 << 16;

    static Exchange of(HttpExchange http) throws IOException {
        var body = new String(http.getRequestBody().readNBytes(MOST), StandardCharsets.UTF_8);
        var query = http.getRequestURI().getRawQuery();
        return new Exchange(
                http,
                http.getRequestURI().getPath(),
                fields(query == null ? "" : query),
                fields(body));
    }

    private static Map<String, String> fields(String text) {
        var fields = new LinkedHashMap<String, String>();
        for (var pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    boolean isPost() {
        return http.getRequestMethod().equals("POST");
    }

    /** Query and body together; the body wins. */
    Map<String, String> fields() {
        var all = new LinkedHashMap<>(query);
        all.putAll(form);
        return all;
    }

    void answer(int status, String type, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        http.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        http.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        http.getResponseBody().write(bytes);
    }

    void redirect(String url) throws IOException {
        http.getResponseHeaders().set("Location", url);
        http.sendResponseHeaders(302, -1);
    }
}
