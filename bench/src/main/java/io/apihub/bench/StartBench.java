package io.apihub.bench;

import io.apihub.dev.process.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts of billing as somebody does it who follows docs/api.md, from the command to the first
 * answer of REST that comes out of Postgres, on a database that has the schema; without an archive
 * of classes and with one.
 */
final class StartBench {

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private final Path jar;
    private final int starts;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /**
     * Measures when it is run.
     *
     * @param root the checkout, where billing is built
     * @param starts of each kind
     */
    StartBench(Path root, int starts) {
        this.jar = root.resolve("billing/target/billing.jar");
        this.starts = starts;
    }

    void run() throws Exception {
        try (var database = new MeasuredDatabase()) {
            var folder = Files.createTempDirectory("apihub-start");
            start(database, folder, List.of());
            System.out.println(
                    "| | starts, s | median, s | processor time, s |\n|---|---|---|---|");
            measure("without an archive of classes", database, folder, List.of());
            var archive =
                    List.of(
                            "-XX:+AutoCreateSharedArchive",
                            "-XX:SharedArchiveFile=" + folder.resolve("billing.jsa"));
            start(database, folder, archive);
            measure("with one", database, folder, archive);
        }
    }

    private record Start(double seconds, double processor) {}

    private void measure(String name, MeasuredDatabase database, Path folder, List<String> flags)
            throws Exception {
        var all = new ArrayList<Start>();
        for (int i = 0; i < starts; i++) {
            all.add(start(database, folder, flags));
        }
        var times = all.stream().map(Start::seconds).sorted().toList();
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f – %.1f | %.1f | %.1f |%n",
                name,
                times.getFirst(),
                times.getLast(),
                times.get(times.size() / 2),
                all.stream().mapToDouble(Start::processor).average().orElse(0));
    }

    private Start start(MeasuredDatabase database, Path folder, List<String> flags)
            throws Exception {
        int rest = freePort();
        int management = freePort();
        var builder = new ProcessBuilder(command(flags));
        builder.environment().putAll(environment(database, folder, rest, management));
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
        long began = System.nanoTime();
        var process = builder.start();
        try {
            Await.until(
                    "billing to answer",
                    DEADLINE,
                    () -> {
                        if (!process.isAlive()) {
                            throw new IllegalStateException(
                                    Files.readString(folder.resolve("log")));
                        }
                        return answers(management, "/readyz")
                                && answers(rest, "/api/v1/registration");
                    });
            double seconds = (System.nanoTime() - began) / 1e9;
            double processor = process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
            return new Start(seconds, processor);
        } finally {
            // What it knows of its classes is written when it ends well.
            process.destroy();
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private List<String> command(List<String> flags) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(flags);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    private static Map<String, String> environment(
            MeasuredDatabase database, Path folder, int rest, int management) throws IOException {
        var settings = database.registry().settings();
        return Map.ofEntries(
                Map.entry("APIHUB_DB_URL", settings.jdbcUrl()),
                Map.entry("APIHUB_DB_USER", settings.service().user()),
                Map.entry("APIHUB_DB_PASSWORD", settings.service().password()),
                Map.entry("APIHUB_DB_MIGRATION_USER", settings.migration().user()),
                Map.entry("APIHUB_DB_MIGRATION_PASSWORD", settings.migration().password()),
                Map.entry("APIHUB_HTTP_LISTEN", "127.0.0.1:" + rest),
                Map.entry("APIHUB_GRPC_LISTEN", "127.0.0.1:" + freePort()),
                Map.entry("APIHUB_MANAGEMENT_LISTEN", "127.0.0.1:" + management),
                Map.entry("APIHUB_JWT_KEY_FILE", folder.resolve("jwt-key").toString()),
                Map.entry("APIHUB_ADMIN_TOKEN_FILE", folder.resolve("token").toString()),
                Map.entry("APIHUB_ADMIN_EMAIL", "admin@example.com"));
    }

    private boolean answers(int port, String path) throws InterruptedException {
        var address = URI.create("http://127.0.0.1:" + port + path);
        try {
            var request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // Nobody listens yet.
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
