package io.apihub.billing.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.events.EventStreams;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.usage.v1.UsageRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Events over HTTP, from the commit in one billing process to the reader of another. */
class EventsIT {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static TestDatabase database;
    private static RunningBilling writer;
    private static RunningBilling billing;
    private static long book;

    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant;

    EventsIT() {
        tenant = database.registry().tenant(name);
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        writer = RunningBilling.on(database);
        billing = RunningBilling.on(database);
        book = database.registry().priceBook(1_000_000, 2_000_000, "2026-01-01T00:00:00Z");
    }

    @AfterAll
    static void stop() {
        writer.close();
        billing.close();
    }

    /** What a reader got. */
    record Event(String id, String name, JsonNode data) {}

    /** A reader of one stream, in a thread of its own. */
    private static final class Reader implements AutoCloseable {
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private final HttpClient http = HttpClient.newHttpClient();
        private volatile InputStream stream = InputStream.nullInputStream();

        Reader(String tenant, String lastEventId) {
            var request =
                    billing.request("/api/v1/tenants/" + tenant + "/events")
                            .header("Authorization", "Bearer " + billing.token());
            if (!lastEventId.isEmpty()) {
                request.header("Last-Event-ID", lastEventId);
            }
            Thread.ofVirtual().start(() -> read(request.build()));
        }

        private void read(HttpRequest request) {
            try (var body = http.send(request, BodyHandlers.ofInputStream()).body()) {
                stream = body;
                var fields = new String[] {"", "", ""};
                new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))
                        .lines()
                        .forEach(line -> line(line, fields));
            } catch (IOException | InterruptedException | UncheckedIOException e) {
                events.add(new Event("", "gone", JSON.createObjectNode()));
            }
        }

        private void line(String line, String[] fields) {
            if (line.startsWith("id: ")) {
                fields[0] = line.substring(4);
            } else if (line.startsWith("event: ")) {
                fields[1] = line.substring(7);
            } else if (line.startsWith("data: ")) {
                fields[2] = line.substring(6);
            } else if (line.isEmpty() && !fields[1].isEmpty()) {
                events.add(new Event(fields[0], fields[1], JSON.readTree(fields[2])));
                fields[1] = "";
            }
        }

        Event next(String name) throws InterruptedException {
            var event = events.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            while (event != null && !event.name().equals(name)) {
                event = events.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            }
            if (event == null) {
                throw new AssertionError("no event " + name);
            }
            return event;
        }

        @Override
        public void close() throws IOException {
            stream.close(); // ends the connection, whatever the client does at its end
            http.shutdownNow();
        }
    }

    private void use(String model, int records) {
        var of = new Records(tenant, UUID.randomUUID(), book).model(model);
        var all = new ArrayList<UsageRecord>();
        for (int i = 0; i < records; i++) {
            all.add(Records.measured(of.holdAt(Instant.now(), 0).setUnmetered(true).build(), 7, 3));
        }
        UsageFeed.report(writer, all);
    }

    @Test
    void balanceAndUsageOfAnotherProcessArrive() throws Exception {
        try (var reader = new Reader(name, "")) {
            assertThat(reader.next("balance").data().get("balance").asString()).isEqualTo("0");

            writer.post(
                    "/api/v1/tenants/" + name + "/grants",
                    UUID.randomUUID().toString(),
                    "{\"amount\": \"2.5\", \"reason\": \"trial\"}");
            assertThat(reader.next("balance").data().get("available").asString()).isEqualTo("2.5");

            use("gpt-4o", 2);
            var usage = reader.next("usage");
            assertThat(usage.data().get("items")).hasSize(2);
            assertThat(usage.data().get("items").get(0).get("model").asString())
                    .isEqualTo("gpt-4o");
        }
    }

    @Test
    void whoComesBackGetsWhatWasMissed() throws Exception {
        String last;
        try (var reader = new Reader(name, "")) {
            reader.next("balance");
            use("first", 1);
            last = reader.next("usage").id();
        }
        use("second", 3);

        try (var reader = new Reader(name, last)) {
            var missed = reader.next("usage").data().get("items");

            assertThat(missed.valueStream().map(item -> item.get("model").asString()))
                    .endsWith("second", "second", "second");
        }
    }

    @Test
    void whoMissedTooMuchIsToldToLoadAnew() throws Exception {
        var now = String.valueOf(Instant.now().toEpochMilli());
        use("much", TenantFeeds.MOST_MISSED + 1);

        for (var id : List.of(now, "1", "nonsense")) {
            try (var reader = new Reader(name, id)) {
                assertThat(reader.next("reset").data()).isEmpty();
            }
        }
    }

    /** A thousand readers, their sockets and this test's own among the memory that is counted. */
    @Test
    void aThousandOpenStreamsTakeLessThanAHundredMegabytes() throws Exception {
        int tenants = 20;
        int each = 50;
        var names = new ArrayList<String>();
        for (int i = 0; i < tenants; i++) {
            names.add("many-" + i + "-" + UUID.randomUUID());
            database.registry().tenant(names.getLast());
        }
        var streams = billing.get(EventStreams.class);
        long before = used();
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < tenants * each; i++) {
                sockets.add(connect(names.get(i % tenants)));
            }
            Poll.until(DEADLINE, () -> streams.size() >= tenants * each);
            streams.beat();
            long after = used();

            System.out.printf(
                    "%,d open event streams take %.1f MB of heap%n",
                    streams.size(), (after - before) / 1e6);
            assertThat(after - before).isLessThan(100_000_000);
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
        // Those of other tests may be open still.
        Poll.until(DEADLINE, () -> beaten(streams) < each);
    }

    /** How many are open after a heartbeat. */
    private static int beaten(EventStreams streams) {
        streams.beat();
        return streams.size();
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static Socket connect(String tenant) throws IOException {
        var uri = billing.request("/api/v1/tenants/" + tenant + "/events").build().uri();
        var socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort());
        socket.getOutputStream()
                .write(
                        ("GET "
                                        + uri.getPath()
                                        + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                        + billing.token()
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return socket;
    }
}
