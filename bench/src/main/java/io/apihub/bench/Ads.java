package io.apihub.bench;

import io.apihub.operator.xds.AdsServer;
import io.apihub.operator.xds.Credential;
import io.apihub.operator.xds.GatewaySettings;
import io.apihub.operator.xds.Origin;
import io.apihub.operator.xds.Pool;
import io.apihub.operator.xds.PoolMember;
import io.apihub.operator.xds.SnapshotBuilder;
import io.apihub.operator.xds.TlsTrust;
import io.apihub.operator.xds.Topology;
import io.apihub.operator.xds.XdsSessions;
import io.apihub.operator.xds.XdsType;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The operator's own configuration of Envoy, with one pool, served by the operator's own classes.
 */
record Ads(Server server) implements AutoCloseable {

    static Ads start(int gatewayPort, int upstreamPort) throws IOException {
        var ads = new AdsServer(new Silent());
        var settings =
                GatewaySettings.of(
                        Map.of(
                                "listenAddress",
                                "127.0.0.1",
                                "listenPort",
                                Integer.toString(gatewayPort)));
        ads.publish(SnapshotBuilder.build(topology(upstreamPort), settings));
        var server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(ads.service())
                        .build()
                        .start();
        return new Ads(server);
    }

    private static Topology topology(int upstreamPort) {
        var member =
                new PoolMember(
                        "bench",
                        Origin.of("http://127.0.0.1:" + upstreamPort),
                        TlsTrust.SYSTEM,
                        Optional.of(new Credential("Bearer bench")),
                        new PoolMember.Share(0, 1, false));
        var pool =
                new Pool(
                        FakeOperator.POOL,
                        new Pool.Settings(
                                Duration.ofSeconds(2),
                                Optional.of("authorization"),
                                Optional.empty()),
                        List.of(member));
        return new Topology(List.of(pool), Topology.DEFAULT_IDLE, Optional.empty());
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static final class Silent implements XdsSessions {
        @Override
        public void acked(String gateway, XdsType type, String version) {}

        @Override
        public void rejected(String gateway, XdsType type, String version, String words) {
            System.err.println("Envoy refused " + type + ": " + words);
        }

        @Override
        public void disconnected(String gateway) {}
    }
}
