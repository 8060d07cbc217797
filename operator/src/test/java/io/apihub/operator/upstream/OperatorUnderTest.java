package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.dev.file.Trees;
import io.apihub.dev.kubernetes.LocalKubernetes;
import io.apihub.dev.process.Await;
import io.apihub.dev.process.Ports;
import io.apihub.model.price.ModelPattern;
import io.apihub.operator.registry.BookInForce;
import io.apihub.operator.registry.GatewaySessions;
import io.apihub.operator.registry.GatewaySessions.FeedState;
import io.apihub.operator.registry.PostgresRegistry;
import io.apihub.operator.registry.RegistryDatabase;
import io.apihub.operator.registry.RegistryHarness;
import io.apihub.operator.registry.RegistryListener;
import io.apihub.operator.status.StatusOnly;
import io.apihub.operator.status.StatusWriter;
import io.apihub.operator.xds.EnvoyUnderTest;
import io.apihub.operator.xds.FakeAuthorizer;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.javaoperatorsdk.operator.Operator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The Upstream part of the operator between a real API server, Postgres and Envoy. */
final class OperatorUnderTest implements AutoCloseable {

    private static final String NAMESPACE = "apihub-system";
    private static final String EPOCH = "epoch";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory = Files.createTempDirectory("up");
    private final int port = Ports.free();
    private final LocalKubernetes kubernetes = LocalKubernetes.temporary();
    private final RegistryHarness database = new RegistryHarness();
    private final KubernetesClient client;
    private final GatewaySessions sessions;
    private final PostgresRegistry registry;
    private final Upstreams upstreams;
    private final RegistryListener listener;
    private final Server server;
    private final FakeAuthorizer authorizer;
    private final FakeAuthorizer usage;
    private final Operator operator;
    private final StatusWriter statuses;
    private final EnvoyUnderTest envoy;
    private volatile Optional<BookInForce> book = Optional.empty();

    OperatorUnderTest() throws IOException, InterruptedException {
        kubernetes.installCrds(Path.of("../crds/manifests"));
        client =
                new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(kubernetes.kubeconfigYaml()))
                        .build();
        client.resource(
                        new NamespaceBuilder()
                                .withNewMetadata()
                                .withName(NAMESPACE)
                                .endMetadata()
                                .build())
                .create();
        settings(Map.of("listenAddress", "127.0.0.1", "listenPort", String.valueOf(port)));
        RegistryDatabase.prepare(database.operator(), "default");
        sessions = new GatewaySessions(database.operator(), "default", "operator-0");
        registry = new PostgresRegistry(database.operator(), "default", 1);
        upstreams =
                new Upstreams(
                        new Upstreams.Installation(
                                client,
                                NAMESPACE,
                                true,
                                Duration.ofMinutes(10),
                                InstantSource.system()),
                        sessions,
                        new Upstreams.Models(
                                registry, this::models, () -> true, () -> EPOCH, () -> book));
        listener = RegistryListener.start(database.admin(), () -> {}, upstreams::sessionsChanged);
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(upstreams.ads())
                        .build()
                        .start();
        authorizer = FakeAuthorizer.start(EnvoyUnderTest.authzSocket(directory));
        usage = FakeAuthorizer.start(EnvoyUnderTest.usageSocket(directory));
        statuses = new StatusWriter(status -> StatusOnly.apply(client, status), System::nanoTime);
        operator = new Operator(overrider -> overrider.withKubernetesClient(client));
        operator.register(upstreams.reconciler(statuses));
        operator.start();
        upstreams.start();
        envoy = EnvoyUnderTest.start(directory, server.getPort());
        envoy.awaitLive();
        acked(Long.MAX_VALUE);
    }

    /** Envoy's companion has a feed, so the gateway counts, and has rows up to that revision. */
    void acked(long revision) {
        heartbeat(revision, InstantSource.system().instant());
    }

    /** The gateway acked that revision, and was heard of last then. */
    void heartbeat(long revision, Instant seenAt) {
        sessions.recordFeeds(
                List.of(
                        new FeedState(
                                "gateway-under-test",
                                new byte[16],
                                EPOCH,
                                revision,
                                seenAt,
                                null)));
    }

    private void settings(Map<String, String> entries) {
        client.resource(
                        new ConfigMapBuilder()
                                .withNewMetadata()
                                .withName("gateway")
                                .withNamespace(NAMESPACE)
                                .endMetadata()
                                .withData(entries)
                                .build())
                .create();
    }

    KubernetesClient client() {
        return client;
    }

    Upstreams upstreams() {
        return upstreams;
    }

    void secret(String name, Map<String, String> labels, Map<String, String> entries) {
        client.resource(
                        new SecretBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .withNamespace(NAMESPACE)
                                .withLabels(labels)
                                .endMetadata()
                                .withStringData(entries)
                                .build())
                .serverSideApply();
    }

    void apply(String yaml) {
        client.resource(yaml).forceConflicts().serverSideApply();
    }

    Optional<Condition> condition(String upstream, String type) {
        return Optional.ofNullable(client.resources(Upstream.class).withName(upstream).get())
                .map(Upstream::getStatus)
                .flatMap(status ->
                        status.conditions().stream()
                                .filter(c -> c.type().equals(type))
                                .findFirst());
    }

    /** Waits until the condition says that, and returns its message. */
    String await(String upstream, String type, String statusAndReason) throws InterruptedException {
        return await(upstream, type, statusAndReason, "");
    }

    /** Waits until the condition says that with {@code part} in its message, and returns it. */
    String await(String upstream, String type, String statusAndReason, String part)
            throws InterruptedException {
        Await.until(
                upstream + " " + type + " to be " + statusAndReason,
                PATIENCE,
                () -> {
                    var now = condition(upstream, type);
                    if (now.isPresent()
                            && !((now.get().status() + " " + now.get().reason())
                                            .equals(statusAndReason)
                                    && now.get().message().contains(part))) {
                        throw new IllegalStateException(now.get().toString());
                    }
                    return now.isPresent();
                });
        return condition(upstream, type).orElseThrow().message();
    }

    /** The price book that is in force from now on. */
    void inForce(String name, String... patterns) {
        book =
                Optional.of(
                        new BookInForce(
                                name, 1, Arrays.stream(patterns).map(ModelPattern::new).toList()));
    }

    /** Nobody else writes models until this is closed. */
    Connection lockModels() throws SQLException {
        var connection = database.admin().getConnection();
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("LOCK TABLE registry.model IN EXCLUSIVE MODE");
        }
        return connection;
    }

    /** The models in force in the registry. */
    Set<String> models() {
        try (var connection = database.admin().getConnection();
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "SELECT name FROM registry.model WHERE deleted_at IS NULL")) {
            Set<String> names = new HashSet<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The pool that the view of the topology gives the Upstream. */
    void allowInto(String pool) {
        authorizer.allowInto(pool);
    }

    /**
     * Waits until a call is answered with 200: on a busy machine the authorizer may take longer
     * than the second that Envoy gives it, and Envoy then answers 503.
     */
    void awaitServed() throws InterruptedException {
        Await.until("a call that is served", PATIENCE, () -> chat().statusCode() == 200);
    }

    HttpResponse<String> chat() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                        .timeout(PATIENCE)
                        .header("authorization", "Bearer good")
                        .POST(HttpRequest.BodyPublishers.ofString("{}", StandardCharsets.UTF_8))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @Override
    public void close() throws IOException {
        envoy.close();
        operator.stop();
        statuses.close();
        upstreams.close();
        listener.close();
        server.shutdownNow();
        authorizer.close();
        usage.close();
        registry.close();
        client.close();
        database.close();
        kubernetes.close();
        Trees.delete(directory);
    }
}
