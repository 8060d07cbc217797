package io.apihub.bench;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The real ext-authz as a process, with an operator and a billing that answer at once. */
final class Gateway implements AutoCloseable {

    private static final Pattern FROM_THE_VOLUME =
            Pattern.compile("from the volume, .* keys in (\\d+) ms");

    private final FakeOperator operator;
    private final FakeBilling billing = new FakeBilling();
    private final Server control;
    private final ChildProcess process;
    private final Path directory;
    private long expected;

    private Gateway(Path root, Path directory, BenchPolicy policy) throws IOException {
        this.directory = directory;
        operator = new FakeOperator(policy);
        var builder =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .maxInboundMessageSize(64 << 20)
                        .addService(operator);
        billing.services().forEach(builder::addService);
        control = builder.build().start();
        process =
                authorizer(
                        root,
                        directory.resolve("ext-authz.log"),
                        environment(directory, control.getPort()));
    }

    static Gateway start(Path root, BenchPolicy policy) throws IOException {
        return new Gateway(root, Files.createTempDirectory("apihub-bench"), policy);
    }

    private static Map<String, String> environment(Path directory, int port) {
        var control = "127.0.0.1:" + port;
        return Map.ofEntries(
                Map.entry("APIHUB_GATEWAY_ID", "bench"),
                Map.entry("APIHUB_AUTHZ_SOCKET", directory.resolve("authz.sock").toString()),
                Map.entry("APIHUB_USAGE_SOCKET", directory.resolve("usage.sock").toString()),
                Map.entry("APIHUB_OPERATOR", control),
                Map.entry("APIHUB_BILLING", control),
                Map.entry("APIHUB_JOURNAL_DIR", directory.resolve("journal").toString()),
                Map.entry("APIHUB_MANAGEMENT_LISTEN", "127.0.0.1:0"),
                // On a busy machine the first grant may take longer than clients would wait.
                Map.entry("APIHUB_GRANT_TIMEOUT", "10s"));
    }

    Path authzSocket() {
        return directory.resolve("authz.sock");
    }

    Path directory() {
        return directory;
    }

    /** From Hello to Ack. */
    long loadMillis() throws InterruptedException, IOException {
        process.requireAlive();
        return operator.loadMillis();
    }

    /**
     * Kills the gateway and starts another one on its volume, which finds no operator.
     *
     * @return milliseconds until it knew again what it had known
     */
    long restartMillis(Path root) throws IOException, InterruptedException {
        process.kill();
        var environment = new HashMap<>(environment(directory, control.getPort()));
        environment.put("APIHUB_OPERATOR", "127.0.0.1:1");
        try (var next = authorizer(root, directory.resolve("restarted.log"), environment)) {
            return Long.parseLong(next.awaitLog(FROM_THE_VOLUME).group(1));
        }
    }

    private static ChildProcess authorizer(Path root, Path log, Map<String, String> environment)
            throws IOException {
        return ChildProcess.java(
                log,
                environment,
                List.of("-jar", root.resolve("ext-authz/target/ext-authz.jar").toString()));
    }

    /** Granted to it so far. */
    long leases() {
        return billing.leases();
    }

    ChildProcess process() {
        return process;
    }

    Path usageSocket() {
        return directory.resolve("usage.sock");
    }

    /** Waits until billing has so many records more. */
    void awaitRecords(int more) throws InterruptedException, IOException {
        expected += more;
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (billing.records() < expected) {
            process.requireAlive();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "billing has " + billing.records() + " records of " + expected);
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Override
    public void close() {
        process.close();
        operator.stop();
        control.shutdownNow();
    }
}
