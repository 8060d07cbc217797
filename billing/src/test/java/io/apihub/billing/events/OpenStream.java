package io.apihub.billing.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.RunningBilling;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A reader of a stream, who has been let in, and hears when it ends. */
public final class OpenStream implements AutoCloseable {

    private final HttpClient client = HttpClient.newHttpClient();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    private OpenStream() {}

    /** Opens it; returns when the first event has come. */
    public static OpenStream of(RunningBilling billing, String path, String... headers) {
        var stream = new OpenStream();
        var request = billing.request(path).timeout(Duration.ofMinutes(2)).headers(headers);
        try {
            var answer =
                    stream.client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                    .startsWith("text/event-stream");
            var lines =
                    new BufferedReader(
                            new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
            stream.readUntilAnEvent(lines);
            Thread.ofVirtual().start(() -> stream.read(lines));
            return stream;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void readUntilAnEvent(BufferedReader lines) throws IOException {
        var line = lines.readLine();
        while (line != null && !line.startsWith("event: ")) {
            line = lines.readLine();
        }
        assertThat(line).as("an event").isNotNull();
    }

    private void read(BufferedReader lines) {
        try {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                this.lines.add(line);
            }
        } catch (IOException e) {
            this.lines.add("broken: " + e);
        } finally {
            ended = true;
        }
    }

    /** What came since it was opened. */
    public String text() {
        return String.join("\n", lines);
    }

    public boolean hasEnded() {
        return ended;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
