package io.apihub.dev.smoke;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks models through the gateway. */
final class Gateway implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int RETRIES = 2;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(LIMIT)
                    .build();
    private final URI base;

    Gateway(URI base) {
        this.base = base;
    }

    /** Asks; an answer that says "not now" is tried again twice, as the official clients do. */
    HttpResponse<String> ask(Ask ask, String model, String prompt, String key)
            throws IOException, InterruptedException {
        var answer = http.send(request(ask, model, prompt, key), BodyHandlers.ofString());
        for (int again = 0; again < RETRIES && answer.statusCode() == 503; again++) {
            Thread.sleep(PAUSE);
            answer = http.send(request(ask, model, prompt, key), BodyHandlers.ofString());
        }
        return answer;
    }

    /** An answer that has begun; closing it reads the rest, so that it is served whole. */
    record Stream(int status, InputStream body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.transferTo(OutputStream.nullOutputStream());
            body.close();
        }
    }

    /** Asks and returns as soon as the answer begins. */
    Stream open(Ask ask, String model, String prompt, String key)
            throws IOException, InterruptedException {
        var answer = http.send(request(ask, model, prompt, key), BodyHandlers.ofInputStream());
        return new Stream(answer.statusCode(), answer.body());
    }

    private HttpRequest request(Ask ask, String model, String prompt, String key) {
        var header = ask.keyHeader();
        return HttpRequest.newBuilder(base.resolve(ask.path(model)))
                .timeout(LIMIT)
                .header("content-type", "application/json")
                .header(header.getKey(), header.getValue() + key)
                .POST(HttpRequest.BodyPublishers.ofString(ask.body(model, prompt)))
                .build();
    }

    @Override
    public void close() {
        http.close();
    }
}
