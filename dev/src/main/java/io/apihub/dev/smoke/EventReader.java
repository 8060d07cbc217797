package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apihub.dev.process.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Collects server-sent events (HTML Living Standard, 9.2) as they come. */
final class EventReader implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final InputStream stream;
    private final List<Event> events = new CopyOnWriteArrayList<>();

    EventReader(InputStream stream) {
        this.stream = stream;
        Thread.ofVirtual().start(this::read);
    }

    /** One event whose data is JSON. */
    record Event(String name, JsonNode data) {}

    /** Waits for an event of this name that is as wanted. */
    Duration await(String name, Duration atMost, Predicate<JsonNode> wanted)
            throws InterruptedException {
        return Await.until(
                "an event '" + name + "' among " + events,
                atMost,
                () ->
                        events.stream()
                                .anyMatch(event ->
                                        event.name().equals(name) && wanted.test(event.data())));
    }

    private void read() {
        try (var lines =
                new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            var name = "message";
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    name = line.substring("event:".length()).strip();
                } else if (line.startsWith("data:")) {
                    events.add(new Event(name, JSON.readTree(line.substring("data:".length()))));
                }
            }
        } catch (IOException e) {
            // Hung up: what was wanted has come, or is missed by who waits for it.
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
