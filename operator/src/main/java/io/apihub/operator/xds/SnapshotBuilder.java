package io.apihub.operator.xds;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From what is declared to what Envoy is told. A pure function: equal inputs give equal bytes, on
 * every replica.
 */
public final class SnapshotBuilder {

    private SnapshotBuilder() {}

    /**
     * Builds the configuration of all gateways.
     *
     * @throws IllegalStateException if the result refers to what is not in it; nothing of the kind
     *     may reach a gateway
     */
    public static EnvoyConfig build(Topology topology, GatewaySettings settings) {
        List<Cluster> clusters = new ArrayList<>();
        settings.billing().ifPresent(address -> clusters.add(ClusterBuilder.billing(address)));
        ClusterBuilder builder = new ClusterBuilder(settings.systemCaFile());
        topology.pools().forEach(pool -> clusters.add(builder.pool(pool)));
        EnvoyConfig config =
                new EnvoyConfig(
                        listener(settings, topology.certificate().isPresent()),
                        RouteBuilder.routes(settings, topology.idleTimeout()),
                        clusters,
                        topology.certificate().map(SnapshotBuilder::secret).stream().toList());
        DanglingReferences.refuse(config);
        return config;
    }

    private static Listener listener(GatewaySettings settings, boolean encrypted) {
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("listenAddress", settings.listen().host());
        values.put("listenPort", settings.listen().port());
        values.put("trustedHops", settings.trustedHops());
        values.put("authorizerTimeout", EnvoyDurations.text(settings.authorizerTimeout()));
        values.put(
                "tls", encrypted ? new EnvoyTemplate("downstream-tls.yaml").fill(Map.of()) : null);
        return new EnvoyTemplate("listener.yaml").into(Listener.newBuilder(), values).build();
    }

    /** Under the name that downstream-tls.yaml asks for. */
    private static Secret secret(GatewayCertificate certificate) {
        return Secret.newBuilder()
                .setName("gateway")
                .setTlsCertificate(
                        TlsCertificate.newBuilder()
                                .setCertificateChain(inline(certificate.chain()))
                                .setPrivateKey(inline(certificate.key())))
                .build();
    }

    private static DataSource inline(String text) {
        return DataSource.newBuilder().setInlineString(text).build();
    }
}
