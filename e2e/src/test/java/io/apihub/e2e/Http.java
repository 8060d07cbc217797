package io.apihub.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A plain HTTP request in the making. Each change gives a new one. */
record Http(URI server, List<String> headers, Duration timeout) {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    Http {
        headers = List.copyOf(headers);
    }

    /** What came back; header names are not case-sensitive. */
    record Answer(int status, HttpResponse<String> whole) {

        String body() {
            return whole.body();
        }

        String header(String name) {
            return whole.headers().firstValue(name).orElse("");
        }

        JsonNode json() {
            return parse(body());
        }

        /** The documents of a stream's events, without {@code [DONE]}. */
        List<JsonNode> events() {
            return body().lines()
                    .filter(line -> line.startsWith("data: ") && !line.equals("data: [DONE]"))
                    .map(line -> parse(line.substring(6)))
                    .toList();
        }

        @Override
        public String toString() {
            return status + " " + whole.headers().map() + " " + body();
        }
    }

    static Http to(URI server) {
        return new Http(server, List.of(), TIMEOUT);
    }

    static Http to(Lane lane) {
        return to(lane.url());
    }

    Http header(String name, String value) {
        var more = new ArrayList<>(headers);
        more.add(name);
        more.add(value);
        return new Http(server, more, timeout);
    }

    Http bearer(String key) {
        return header("Authorization", "Bearer " + key);
    }

    Answer post(String path, String json) {
        return post(path, "application/json", json);
    }

    Answer post(String path, String contentType, String body) {
        return send(
                request(path)
                        .header("Content-Type", contentType)
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer method(String method, String path) {
        return send(request(path).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(server + path)).timeout(timeout);
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        return request;
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            var answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer);
        } catch (IOException e) {
            throw new UncheckedIOException("no answer: " + e, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }
}
