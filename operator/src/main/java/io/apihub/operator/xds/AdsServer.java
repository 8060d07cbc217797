package io.apihub.operator.xds;

import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.grpc.BindableService;
import java.util.List;

/**
 * Serves one configuration to all gateways: state-of-the-world ADS. A gateway that connects before
 * the first {@link #publish} waits.
 */
public final class AdsServer {

    /** One group for all: groups of single nodes would never be forgotten. */
    private static final String GATEWAYS = "gateways";

    private final SimpleCache<String> cache = new SimpleCache<>(node -> GATEWAYS);
    private final V3DiscoveryServer server;

    public AdsServer(XdsSessions sessions) {
        AdsStreams streams = new AdsStreams(cache, sessions);
        this.server = new V3DiscoveryServer(streams, streams);
    }

    /** To be added to the operator's gRPC server. */
    public BindableService service() {
        return server.getAggregatedDiscoveryServiceImpl();
    }

    /** Sends what has changed to every gateway, and the whole to those that connect later. */
    public void publish(EnvoyConfig config) {
        cache.setSnapshot(
                GATEWAYS,
                Snapshot.create(
                        config.clusters(),
                        config.version(XdsType.CLUSTERS),
                        List.of(),
                        "none",
                        List.of(config.listener()),
                        config.version(XdsType.LISTENERS),
                        List.of(config.routes()),
                        config.version(XdsType.ROUTES),
                        config.secrets(),
                        config.version(XdsType.SECRETS)));
    }
}
