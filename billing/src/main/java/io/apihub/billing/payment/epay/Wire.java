package io.apihub.billing.payment.epay;

import io.apihub.billing.outbound.BoundedExchange;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a platform by HTTP. What is not a JSON object is no answer, whatever its status. */
final class Wire {

    /** For all of an exchange, to the last byte of the answer. */
    static final Duration TIMEOUT = Duration.ofSeconds(8);

    private static final long MOST = 1 << 20;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private final BoundedExchange exchange;

    Wire(HttpClient http, Duration timeout) {
        this.exchange = new BoundedExchange(http, timeout, MOST);
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
            var answer = exchange.send(request.build());
            var json = JSON.readTree(answer.body());
            return json.isObject()
                    ? new Told.Yes<>(json)
                    : new Told.Unknown<>("no JSON object, status " + answer.statusCode());
        } catch (JacksonException e) {
            return new Told.Unknown<>("no JSON");
        } catch (ExecutionException e) {
            return new Told.Unknown<>("no answer: " + causeOf(e));
        } catch (TimeoutException e) {
            return new Told.Unknown<>("no answer in " + exchange.timeout().toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Told.Unknown<>("interrupted");
        }
    }

    private static String causeOf(ExecutionException failure) {
        var cause = failure.getCause();
        return cause == null ? "failed" : cause.getClass().getSimpleName();
    }
}
