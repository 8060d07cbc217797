package io.apihub.operator.xds;

import io.apihub.dev.file.Trees;
import io.apihub.dev.process.Await;
import io.apihub.dev.process.Ports;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A real Envoy, our ADS, and stand-ins for all around it. */
final class Gateway implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final int port = Ports.free();
    private final RecordedSessions sessions = new RecordedSessions();
    private final AdsServer ads = new AdsServer(sessions);
    private final Server server;
    private final FakeAuthorizer authorizer;
    private final FakeUsageSink usage;
    private final EnvoyUnderTest envoy;
    private final GatewaySettings settings;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Gateway(Map<String, String> entries) throws IOException, InterruptedException {
        // Short: a unix socket's path has 107 characters.
        this.directory = Files.createTempDirectory("gw");
        Map<String, String> all = new HashMap<>(entries);
        all.putIfAbsent("listenAddress", "127.0.0.1");
        all.putIfAbsent("listenPort", String.valueOf(port));
        this.settings = GatewaySettings.of(all);
        this.server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(ads.service())
                        .build()
                        .start();
        this.authorizer = FakeAuthorizer.start(EnvoyUnderTest.authzSocket(directory));
        this.usage = FakeUsageSink.start(EnvoyUnderTest.usageSocket(directory));
        this.envoy = EnvoyUnderTest.start(directory, server.getPort());
    }

    /** Ready to serve that topology. */
    static Gateway start(Map<String, String> settings, Topology topology)
            throws IOException, InterruptedException {
        Gateway gateway = new Gateway(settings);
        gateway.publish(topology);
        gateway.envoy.awaitLive();
        return gateway;
    }

    /** Ready to serve what {@code change} makes of a configuration without pools. */
    static Gateway start(UnaryOperator<EnvoyConfig> change)
            throws IOException, InterruptedException {
        Gateway gateway = new Gateway(Map.of());
        gateway.publish(change.apply(SnapshotBuilder.build(Samples.topology(), gateway.settings)));
        gateway.envoy.awaitLive();
        return gateway;
    }

    int port() {
        return port;
    }

    /** Ready to serve those pools. */
    static Gateway start(Map<String, String> settings, Pool... pools)
            throws IOException, InterruptedException {
        Gateway gateway = new Gateway(settings);
        gateway.publish(pools);
        gateway.envoy.awaitLive();
        return gateway;
    }

    /** Publishes and waits until Envoy has it. */
    void publish(Pool... pools) throws InterruptedException {
        publish(Samples.topology(pools));
    }

    /** Publishes and waits until Envoy has it; it asks for secrets only if there is one. */
    void publish(Topology topology) throws InterruptedException {
        publish(SnapshotBuilder.build(topology, settings));
    }

    private void publish(EnvoyConfig config) throws InterruptedException {
        offer(config);
        for (XdsType type : XdsType.values()) {
            if (type == XdsType.SECRETS && config.secrets().isEmpty()) {
                continue;
            }
            Await.until(
                    type + " to be acked",
                    PATIENCE,
                    () -> sessions.acked(type).filter(config.version(type)::equals).isPresent());
        }
    }

    void offer(EnvoyConfig config) {
        ads.publish(config);
    }

    GatewaySettings settings() {
        return settings;
    }

    RecordedSessions sessions() {
        return sessions;
    }

    FakeAuthorizer authorizer() {
        return authorizer;
    }

    FakeUsageSink usage() {
        return usage;
    }

    EnvoyUnderTest envoy() {
        return envoy;
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE);
    }

    /** A request with a good key. */
    HttpRequest.Builder good(String path, String body) {
        return to(path).header("authorization", "Bearer good")
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<InputStream> open(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofInputStream());
    }

    /** The first line of the answer to what a client would not be let send. */
    String statusLine(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return String.valueOf(
                    new BufferedReader(
                                    new InputStreamReader(
                                            socket.getInputStream(), StandardCharsets.UTF_8))
                            .readLine());
        }
    }

    @Override
    public void close() throws IOException {
        envoy.close();
        server.shutdownNow();
        authorizer.close();
        usage.close();
        Trees.delete(directory);
    }
}
