package io.apihub.billing.access;

import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.user.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Sends requests in somebody's name; of what succeeds it reads nothing, since some never ends. */
final class MatrixCaller {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final RunningBilling billing;
    private final Map<String, String> headers;

    private MatrixCaller(RunningBilling billing, Map<String, String> headers) {
        this.billing = billing;
        this.headers = Map.copyOf(headers);
    }

    static MatrixCaller nobody(RunningBilling billing) {
        return new MatrixCaller(billing, Map.of());
    }

    static MatrixCaller token(RunningBilling billing, String token) {
        return new MatrixCaller(billing, Map.of("Authorization", "Bearer " + token));
    }

    static MatrixCaller session(RunningBilling billing, User user) {
        var answer =
                billing.send(
                        billing.request("/api/v1/session")
                                .header("Content-Type", "application/json")
                                .POST(
                                        BodyPublishers.ofString(
                                                "{\"email\": \""
                                                        + user.email()
                                                        + "\", \"password\": \""
                                                        + People.PASSWORD
                                                        + "\"}")));
        var cookie = answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", -1)[0];
        return new MatrixCaller(
                billing,
                Map.of(
                        "Cookie",
                        cookie,
                        "X-CSRF-Token",
                        RunningBilling.json(answer).get("csrfToken").asString()));
    }

    /**
     * An answer.
     *
     * @param body empty if it is no refusal
     */
    record Reply(int status, String body) {}

    Reply send(String method, String path, String contentType) {
        return send(method, path, contentType, contentType.contains("json") ? "{}" : "x=y");
    }

    Reply send(String method, String path, String contentType, String body) {
        var request =
                billing.request(path)
                        .header("Content-Type", contentType)
                        .header("Idempotency-Key", "matrix")
                        .method(
                                method,
                                method.equals("GET") || method.equals("DELETE")
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            return reply(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Reply reply(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        var response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (var body = response.body()) {
            return new Reply(
                    response.statusCode(),
                    response.statusCode() < 400
                            ? ""
                            : new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
