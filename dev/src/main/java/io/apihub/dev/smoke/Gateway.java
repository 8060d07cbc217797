package io.apihub.dev.smoke;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks models through the gateway. */
final class Gateway implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(LIMIT)
                    .build();
    private final URI base;

    Gateway(URI base) {
        this.base = base;
    }

    HttpResponse<String> ask(Ask ask, String model, String prompt, String key)
            throws IOException, InterruptedException {
        var header = ask.keyHeader();
        var request =
                HttpRequest.newBuilder(base.resolve(ask.path(model)))
                        .timeout(LIMIT)
                        .header("content-type", "application/json")
                        .header(header.getKey(), header.getValue() + key)
                        .POST(HttpRequest.BodyPublishers.ofString(ask.body(model, prompt)))
                        .build();
        return http.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        http.close();
    }
}
