package io.apihub.operator.xds;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
                        listener(settings),
                        RouteBuilder.routes(settings, topology.idleTimeout()),
                        clusters);
        DanglingReferences.refuse(config);
        return config;
    }

    private static Listener listener(GatewaySettings settings) {
        return new EnvoyTemplate("listener.yaml")
                .into(
                        Listener.newBuilder(),
                        Map.of(
                                "listenAddress", settings.listen().host(),
                                "listenPort", settings.listen().port(),
                                "trustedHops", settings.trustedHops(),
                                "authorizerTimeout",
                                        EnvoyDurations.text(settings.authorizerTimeout())))
                .build();
    }
}
