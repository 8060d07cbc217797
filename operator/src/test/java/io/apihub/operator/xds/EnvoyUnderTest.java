package io.apihub.operator.xds;

import com.google.protobuf.util.JsonFormat;
import io.apihub.dev.process.Await;
import io.apihub.dev.tool.Toolbox;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real Envoy that gets all but its bootstrap over ADS. */
public final class EnvoyUnderTest implements AutoCloseable {

    private final Path directory;
    private final Process process;

    private EnvoyUnderTest(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    public static Path authzSocket(Path directory) {
        return directory.resolve("authz.sock");
    }

    public static Path usageSocket(Path directory) {
        return directory.resolve("usage.sock");
    }

    public static EnvoyUnderTest start(Path directory, int xdsPort) throws IOException {
        Bootstrap bootstrap =
                new EnvoyTemplate("bootstrap.yaml")
                        .into(
                                Bootstrap.newBuilder(),
                                Map.of(
                                        "admin", directory.resolve("admin.sock").toString(),
                                        "authz", authzSocket(directory).toString(),
                                        "usage", usageSocket(directory).toString(),
                                        "xdsPort", xdsPort))
                        .build();
        Path config = directory.resolve("envoy.json");
        Files.writeString(
                config,
                JsonFormat.printer().usingTypeRegistry(EnvoyTypes.REGISTRY).print(bootstrap));
        Process process =
                new ProcessBuilder(
                                Toolbox.standard().envoy().toString(),
                                "-c",
                                config.toString(),
                                "--use-dynamic-base-id",
                                "--concurrency",
                                "1",
                                "--log-level",
                                "warning")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("envoy.log").toFile())
                        .start();
        return new EnvoyUnderTest(directory, process);
    }

    /** Waits until its listener and all clusters are there. */
    public void awaitLive() throws InterruptedException {
        Await.until("Envoy", Duration.ofSeconds(60), () -> admin("GET", "/ready").contains("LIVE"));
    }

    /** The answer of the admin interface, head included. */
    String admin(String method, String path) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(directory.resolve("admin.sock")));
            String request =
                    method + " " + path + " HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            var answer = new java.io.ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(65536);
            while (channel.read(buffer) >= 0) {
                answer.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    /** A counter or gauge; 0 when there is none. */
    long stat(String name) throws IOException {
        return admin("GET", "/stats?filter=^" + name + "$")
                .lines()
                .filter(line -> line.startsWith(name + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 2)))
                .findFirst()
                .orElse(0);
    }

    public String log() throws IOException {
        return Files.readString(directory.resolve("envoy.log"));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
