package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;

/**
 * Somebody with a browser: keeps the cookie of the session, and proves each change as a page does.
 */
final class Person implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(LIMIT)
                    .build();
    private final URI base;
    private String cookie = "";
    private String csrfToken = "";

    Person(URI base) {
        this.base = base;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(answer(request(path).GET(), 200).body());
    }

    /** Sends a body and demands a status. */
    JsonNode post(String path, JsonNode body, int status) throws IOException, InterruptedException {
        var request =
                request(path)
                        .header("content-type", "application/json")
                        .header("idempotency-key", UUID.randomUUID().toString())
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)));
        var answer = answer(request, status);
        answer.headers()
                .firstValue("set-cookie")
                .ifPresent(set -> cookie = set.substring(0, set.indexOf(';')));
        var answered = JSON.readTree(answer.body());
        if (answered.hasNonNull("csrfToken")) {
            csrfToken = answered.path("csrfToken").asText();
        }
        return answered;
    }

    void delete(String path) throws IOException, InterruptedException {
        answer(request(path).DELETE(), 204);
    }

    int status(String path) throws IOException, InterruptedException {
        return http.send(request(path).GET().build(), BodyHandlers.ofString()).statusCode();
    }

    /** An answer that goes on; closing it hangs up. */
    InputStream stream(String path) throws IOException, InterruptedException {
        var request = request(path).header("accept", "text/event-stream").GET().build();
        var answer = http.send(request, BodyHandlers.ofInputStream());
        Failure.unlessEqual("status of " + path, 200, answer.statusCode());
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(base.resolve(path)).timeout(LIMIT);
        if (!cookie.isEmpty()) {
            request.header("cookie", cookie).header("x-csrf-token", csrfToken);
        }
        return request;
    }

    private HttpResponse<String> answer(HttpRequest.Builder request, int status)
            throws IOException, InterruptedException {
        var answer = http.send(request.build(), BodyHandlers.ofString());
        Failure.unless(
                answer.statusCode() == status,
                "%s answered %d: %s"
                        .formatted(answer.uri().getPath(), answer.statusCode(), answer.body()));
        return answer;
    }

    @Override
    public void close() {
        // Streams that are still open would make close() wait for them.
        http.shutdownNow();
    }
}
