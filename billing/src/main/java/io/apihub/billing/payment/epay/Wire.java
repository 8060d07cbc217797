package io.apihub.billing.payment.epay;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a platform by HTTP. What is not a JSON object is no answer, whatever its status. */
final class Wire {

    private static final Duration TIMEOUT = Duration.ofSeconds(8);
    private static final long MOST = 1 << 20;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private final HttpClient http;

    Wire(HttpClient http) {
        this.http = http;
    }

    static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Told<JsonNode> get(URI url) {
        return send(HttpRequest.newBuilder(url));
    }

    Told<JsonNode> post(URI url, Map<String, String> fields) {
        return send(
                HttpRequest.newBuilder(url)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form(fields))));
    }

    /** The URL may hold a key: no message of a failure may hold the URL. */
    private Told<JsonNode> send(HttpRequest.Builder request) {
        try {
            var answer =
                    http.send(
                            request.timeout(TIMEOUT).build(),
                            BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST));
            var json = JSON.readTree(answer.body());
            return json.isObject()
                    ? new Told.Yes<>(json)
                    : new Told.Unknown<>("no JSON object, status " + answer.statusCode());
        } catch (JacksonException e) {
            return new Told.Unknown<>("no JSON");
        } catch (IOException e) {
            return new Told.Unknown<>("no answer: " + e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Told.Unknown<>("interrupted");
        }
    }
}
