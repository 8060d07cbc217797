package io.apihub.bench;

import io.apihub.dev.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An Envoy with what belongs to it, whose CPU time is counted together. */
final class DataPlane implements AutoCloseable {

    private final int port;
    private final List<ChildProcess> counted;
    private final List<AutoCloseable> parts;

    private DataPlane(int port, List<ChildProcess> counted, List<AutoCloseable> parts) {
        this.port = port;
        this.counted = counted;
        this.parts = parts;
        awaitListener();
    }

    /** A router and nothing else. */
    static DataPlane bare(Path envoy, int upstreamPort) throws IOException {
        int port = Ports.free();
        var process = envoy(envoy, EnvoyFiles.bare(port, upstreamPort));
        return new DataPlane(port, List.of(process), List.of());
    }

    /** The operator's configuration with an authorizer that lets everything pass unread. */
    static DataPlane withNullAuthorizer(Path envoy, int upstreamPort)
            throws IOException, InterruptedException {
        var authorizer = NullProcess.start(false);
        return chain(
                envoy,
                upstreamPort,
                authorizer.directory(),
                authorizer.process(),
                List.of(authorizer));
    }

    /** The product: the operator's configuration and the real ext-authz. */
    static DataPlane whole(Path envoy, Path root, int upstreamPort)
            throws IOException, InterruptedException {
        var gateway = Gateway.start(root, BenchPolicy.ofKeys(1_000));
        gateway.loadMillis();
        return chain(envoy, upstreamPort, gateway.directory(), gateway.process(), List.of(gateway));
    }

    private static DataPlane chain(
            Path envoy,
            int upstreamPort,
            Path sockets,
            ChildProcess authorizer,
            List<AutoCloseable> parts)
            throws IOException {
        int port = Ports.free();
        var ads = Ads.start(port, upstreamPort);
        var process = envoy(envoy, EnvoyFiles.chain(ads.port(), sockets));
        var all = new ArrayList<AutoCloseable>(parts);
        all.add(ads);
        return new DataPlane(port, List.of(process, authorizer), all);
    }

    private static ChildProcess envoy(Path envoy, String bootstrap) throws IOException {
        var directory = Files.createTempDirectory("apihub-envoy");
        var file = Files.writeString(directory.resolve("envoy.yaml"), bootstrap);
        return ChildProcess.start(
                directory.resolve("envoy.log"),
                Map.of(),
                List.of(
                        envoy.toString(),
                        "-c",
                        file.toString(),
                        "--concurrency",
                        "1",
                        "--disable-hot-restart",
                        "-l",
                        "warning"));
    }

    private void awaitListener() {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < deadline) {
            try {
                for (var process : counted) {
                    process.requireAlive();
                }
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (java.net.ConnectException notYet) {
                Thread.onSpinWait();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("Envoy does not listen on " + port + " after 60 s");
    }

    int port() {
        return port;
    }

    double cpuMicros() throws IOException {
        double sum = 0;
        for (var process : counted) {
            sum += process.cpuMicros();
        }
        return sum;
    }

    @Override
    public void close() {
        counted.forEach(ChildProcess::close);
        for (var part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing " + part, e);
            }
        }
    }
}
