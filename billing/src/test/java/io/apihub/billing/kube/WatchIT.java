package io.apihub.billing.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.events.EventStreams;
import io.apihub.billing.events.OpenStream;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.crd.v1alpha1.ApiKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watches through /k8s, fed by a real API server. */
class WatchIT {

    private static final String NAMESPACES = "/k8s/apis/apihub.io/v1alpha1/namespaces/";

    private static TestDatabase database;
    private static final AtomicInteger TENANTS = new AtomicInteger();
    private static Cluster cluster;
    private static RunningBilling billing;

    private final String tenant = "acme-" + TENANTS.incrementAndGet();
    private final UUID tenantId;

    WatchIT() {
        tenantId = database.registry().tenant(tenant);
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        database = TestDatabase.create();
        cluster = Cluster.start();
        database.registry().tenant("other");
        cluster.tenantNamespace("other");
        billing = RunningBilling.with(cluster.settings(database, 100));
        billing.awaitReady();
    }

    @BeforeEach
    void tenant() {
        cluster.tenantNamespace(tenant);
        cluster.applyAs("platform", Cluster.tenant(tenant));
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    /** A stream as a browser reads it. */
    private static final class Stream implements AutoCloseable {

        private final HttpClient client = HttpClient.newHttpClient();
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private final Thread reader;
        private volatile boolean ended;

        Stream(RunningBilling billing, String path, @Nullable String last)
                throws IOException, InterruptedException {
            var request =
                    billing.request(path)
                            .timeout(Duration.ofMinutes(2))
                            .header("Authorization", "Bearer " + billing.token());
            if (last != null) {
                request.header("Last-Event-ID", last);
            }
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                    .startsWith("text/event-stream");
            reader =
                    Thread.ofVirtual()
                            .start(() ->
                                    read(
                                            new BufferedReader(
                                                    new InputStreamReader(
                                                            answer.body(),
                                                            StandardCharsets.UTF_8))));
        }

        private void read(BufferedReader lines) {
            try {
                var event = new StringBuilder();
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isEmpty()) {
                        event.append(line).append('\n');
                    } else if (event.indexOf("event: ") >= 0) {
                        events.add(event.toString());
                        event.setLength(0);
                    } else {
                        event.setLength(0);
                    }
                }
            } catch (IOException e) {
                // The stream was closed, which is what `ended` says.
            } finally {
                ended = true;
            }
        }

        String next() throws InterruptedException {
            var event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("an event").isNotNull();
            return String.valueOf(event);
        }

        /** Reads up to an event of a type. */
        String until(String type) throws InterruptedException {
            var event = next();
            while (!event.contains("event: " + type + "\n")) {
                event = next();
            }
            return event;
        }

        boolean isEmpty() {
            return events.isEmpty();
        }

        @Override
        public void close() {
            client.shutdownNow();
            reader.interrupt();
        }
    }

    private Stream keys(@Nullable String last) throws IOException, InterruptedException {
        return new Stream(billing, NAMESPACES + tenant + "/apikeys?watch=true", last);
    }

    private static void apply(String namespace, String name, boolean disabled) {
        cluster.applyAs(
                "kubectl",
                """
                apiVersion: apihub.io/v1alpha1
                kind: ApiKey
                metadata: {name: %s, namespace: %s}
                spec: {tenantRef: {name: %s}, keyId: Ab3dEf9hK2, keyHash: 'sha256:%s', disabled: %s}
                """
                        .formatted(name, namespace, namespace, "ab".repeat(32), disabled));
    }

    private static String id(String event) {
        return event.lines()
                .filter(line -> line.startsWith("id: "))
                .findFirst()
                .orElseThrow()
                .substring(4);
    }

    @Test
    void aStreamSaysWhatIsThereAndThenEachChange() throws IOException, InterruptedException {
        apply(tenant, "first", false);
        try (var stream = keys(null)) {
            assertThat(stream.next()).contains("event: RESET");
            assertThat(stream.next())
                    .contains(
                            "event: ADDED",
                            "\"name\":\"first\"",
                            "\"apihub.io/managed-by\":\"kubectl\"")
                    .doesNotContain("managedFields");
            assertThat(stream.next()).contains("event: BOOKMARK");
            apply("other", "theirs", false);
            apply(tenant, "second", false);
            assertThat(stream.next()).contains("event: ADDED", "\"name\":\"second\"");
            apply(tenant, "second", true);
            var modified = stream.next();
            assertThat(modified).contains("event: MODIFIED", "\"disabled\":true");
            cluster.admin().resources(ApiKey.class).inNamespace(tenant).withName("second").delete();
            var deleted = stream.next();
            assertThat(deleted).contains("event: DELETED", "\"name\":\"second\"");

            try (var again = keys(id(modified))) {
                assertThat(again.next()).isEqualTo(modified);
                assertThat(again.next()).isEqualTo(deleted);
            }
            try (var anew = keys("1")) {
                assertThat(anew.next()).contains("event: RESET");
                assertThat(anew.until("BOOKMARK")).isNotEmpty();
            }
        }
    }

    /** However many read, and of however many tenants. */
    @Test
    void allStreamsOfAKindHangOnOneWatch() throws IOException, InterruptedException {
        var elsewhere = NAMESPACES + "other/apikeys?watch=true";
        try (var one = keys(null);
                var two = keys(null);
                var three = new Stream(billing, elsewhere, null)) {
            for (var stream : List.of(one, two, three)) {
                stream.until("BOOKMARK");
            }

            assertThat(watches("apikeys")).isEqualTo(1);
        }
    }

    /** That the API server serves now, by its own count. */
    private static long watches(String kind) {
        return cluster.admin()
                .raw("/metrics")
                .lines()
                .filter(line -> line.startsWith("apiserver_longrunning_requests{"))
                .filter(line -> line.contains("resource=\"" + kind + "\""))
                .filter(line -> line.contains("verb=\"WATCH\""))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void aTenantsStreamIsItsOwn() throws IOException, InterruptedException {
        var path = "/k8s/apis/apihub.io/v1alpha1/tenants/" + tenant + "?watch=true";
        try (var stream = new Stream(billing, path, null)) {
            assertThat(stream.until("ADDED")).contains("\"namespace\":\"" + tenant + "\"");
        }
    }

    @Test
    void aStreamEndsWithTheTenant() throws IOException, InterruptedException {
        try (var stream = keys(null)) {
            stream.until("BOOKMARK");
            var streams = billing.get(EventStreams.class);
            streams.beat();
            apply(tenant, "still", false);
            assertThat(stream.until("ADDED")).contains("still");

            database.registry().deleteTenant(tenantId);
            streams.beat();

            Poll.until(Duration.ofSeconds(60), () -> stream.ended);
        }
    }

    @Test
    void aStreamEndsWithItsReadersSession() {
        var people = new People(billing);
        var member = people.user();
        people.member(member, tenantId, Role.VIEWER);
        var browser = people.browser(member);
        var path = NAMESPACES + tenant + "/apikeys?watch=true";
        try (var stream =
                OpenStream.of(billing, path, "Cookie", Browser.COOKIE + "=" + browser.cookie())) {
            browser.delete("/api/v1/me/sessions");

            Poll.until(Duration.ofSeconds(60), stream::hasEnded);
        }
    }

    @Test
    void whileKubernetesIsAwayItSaysSoAndThenGoesOn() throws IOException, InterruptedException {
        try (var stream = keys(null)) {
            stream.until("BOOKMARK");
            var apiserver = cluster.kubernetes().process();
            apiserver.kill();
            Poll.until(
                    Duration.ofSeconds(20),
                    () -> billing.get(NAMESPACES + tenant + "/apikeys").statusCode() == 503);
            assertThat(billing.get(NAMESPACES + tenant + "/apikeys").body())
                    .contains("urn:apihub:problem:unavailable");
            assertThat(billing.get("/api/v1/usage").statusCode()).isEqualTo(200);

            Poll.until(
                    Duration.ofSeconds(90),
                    () -> billing.get(NAMESPACES + tenant + "/apikeys").statusCode() == 200);
            apply(tenant, "later", false);
            assertThat(stream.until("ADDED")).contains("later");
            assertThat(stream.isEmpty()).isTrue();
        }
    }
}
