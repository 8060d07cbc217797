package io.apihub.operator.xds;

import static io.apihub.operator.xds.Samples.member;
import static io.apihub.operator.xds.Samples.pool;
import static io.apihub.operator.xds.Samples.settings;
import static io.apihub.operator.xds.Samples.topology;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.util.JsonFormat;
import io.apihub.dev.tool.Toolbox;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the templates become is something that Envoy itself takes as valid. */
final class EnvoyValidateIT {

    @TempDir Path directory;

    @Test
    void envoyAcceptsEveryTemplate() throws IOException, InterruptedException {
        Pool everything =
                new Pool(
                        "pool/everything",
                        new Pool.Settings(
                                Duration.ofMillis(1500),
                                Optional.of("x-api-key"),
                                Optional.of(new Pool.Probe("/healthz", Duration.ofSeconds(5)))),
                        List.of(
                                member("a", "http://a.example:8317", 0, 3),
                                member("b", "https://b.example", 0, 1),
                                member("c", "https://[::1]:8443", 7, 1)));
        Pool drained =
                pool(
                        "pool/drained",
                        member("d", "http://d.example", new PoolMember.Share(0, 1, true)));
        EnvoyConfig config =
                SnapshotBuilder.build(
                        topology(everything, drained),
                        settings(Map.of("billingAddress", "billing:8080", "trustedHops", "2")));

        assertThat(validate(bootstrap(config))).contains("OK");
    }

    /** Everything static; the routes inside the listener, so that they are checked too. */
    private static Bootstrap bootstrap(EnvoyConfig config) {
        HttpConnectionManager manager =
                DanglingReferences.manager(config).toBuilder()
                        .setRouteConfig(config.routes())
                        .build();
        Listener.Builder listener = config.listener().toBuilder();
        listener.getFilterChainsBuilder(0).getFiltersBuilder(0).setTypedConfig(Any.pack(manager));
        Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
        bootstrap
                .getStaticResourcesBuilder()
                .addListeners(listener)
                .addAllClusters(config.clusters());
        for (String name : List.of("apihub_authz", "apihub_usage")) {
            bootstrap
                    .getStaticResourcesBuilder()
                    .addClusters(
                            Cluster.newBuilder()
                                    .setName(name)
                                    .setType(Cluster.DiscoveryType.STATIC)
                                    .setLoadAssignment(
                                            io.envoyproxy.envoy.config.endpoint.v3
                                                    .ClusterLoadAssignment.newBuilder()
                                                    .setClusterName(name)));
        }
        return bootstrap.build();
    }

    private String validate(Bootstrap bootstrap) throws IOException, InterruptedException {
        Path file = directory.resolve("envoy.json");
        Files.writeString(
                file, JsonFormat.printer().usingTypeRegistry(EnvoyTypes.REGISTRY).print(bootstrap));
        Process envoy =
                new ProcessBuilder(
                                Toolbox.standard().envoy().toString(),
                                "--mode",
                                "validate",
                                "-c",
                                file.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(envoy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return envoy.waitFor() == 0 ? "OK " + said : said.replace("OK", "0K");
    }
}
