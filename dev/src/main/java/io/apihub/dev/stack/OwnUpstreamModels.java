package io.apihub.dev.stack;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apihub.dev.stack.StackOptions.OwnUpstream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashSet;

/** Asks a user's model server which models it has, since an Upstream must name them. */
final class OwnUpstreamModels {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MOST = 512;

    private OwnUpstreamModels() {}

    /**
     * The models as an Upstream lists them, in JSON, with limits that are safe for most.
     *
     * @throws StackFailure if the server does not tell
     */
    static String json(OwnUpstream upstream) throws InterruptedException {
        var path = upstream.url().resolve("/v1/models");
        try (var client = HttpClient.newBuilder().connectTimeout(LIMIT).build()) {
            var request =
                    HttpRequest.newBuilder(path)
                            .timeout(LIMIT)
                            .header("authorization", "Bearer " + upstream.key())
                            .build();
            var answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new StackFailure(
                        "--upstream: GET %s answered %d".formatted(path, answer.statusCode()));
            }
            return models(path, answer.body());
        } catch (IOException e) {
            throw new StackFailure("--upstream: GET %s failed: %s".formatted(path, reason(e)), e);
        }
    }

    /** A refused connection comes without a message. */
    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String models(URI path, String body) throws IOException {
        var json = new ObjectMapper();
        var names = new LinkedHashSet<String>();
        json.readTree(body).path("data").forEach(model -> names.add(model.path("id").asText()));
        names.removeIf(name -> !name.matches("[!-)+-~]{1,256}"));
        if (names.isEmpty()) {
            throw new StackFailure("--upstream: GET %s lists no model".formatted(path));
        }
        var models = json.createArrayNode();
        for (var name : names.stream().limit(MOST).toList()) {
            models.addObject()
                    .put("name", name)
                    .put("contextTokens", 200_000)
                    .put("maxOutputTokens", 32_000);
        }
        return json.writeValueAsString(models);
    }
}
