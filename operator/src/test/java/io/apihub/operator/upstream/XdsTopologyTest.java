package io.apihub.operator.upstream;

import static io.apihub.operator.upstream.PoolPlanTest.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.apihub.operator.registry.Outcome;
import io.apihub.operator.registry.Registry;
import io.apihub.operator.registry.RegistryKey;
import io.apihub.operator.registry.RegistryRow;
import io.apihub.operator.xds.AdsServer;
import io.apihub.operator.xds.GatewaySettings;
import io.apihub.operator.xds.XdsSessions;
import io.apihub.operator.xds.XdsType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class XdsTopologyTest {

    /** Postgres accepts the connection and then says nothing, for as long as the test runs. */
    private final CountDownLatch never = new CountDownLatch(1);

    @Test
    void whilePostgresIsSilentGatewaysStillGetTheirConfiguration() {
        var ports =
                new XdsTopology.Ports(
                        this::declared,
                        new AdsServer(new Silent()),
                        () -> waitForEver(List.of()),
                        new ModelRows(
                                new SilentRegistry(), () -> waitForEver(Set.of()), () -> true),
                        Optional::empty,
                        new XdsTopology.Audience(changed -> {}, models -> {}));

        try (var topology = new XdsTopology(ports, true, InstantSource.system())) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(30),
                    () -> {
                        topology.step();
                        topology.step();
                    });

            assertThat(topology.isPublished()).isTrue();
            assertThat(topology.view("a"))
                    .contains(
                            new UpstreamView.Planned(
                                    1,
                                    new Programming.Pending(
                                            "it is not known what the gateways have"),
                                    new Pricing.Unknown()));
        }
    }

    private Optional<DeclaredTopology.Declaration> declared() {
        return Optional.of(
                new DeclaredTopology.Declaration(
                        List.of(upstream("a", 1).models("m").build()),
                        (secret, key) -> Optional.empty(),
                        new DeclaredTopology.GatewayFront(
                                GatewaySettings.of(Map.of()), Optional.empty())));
    }

    private <T> T waitForEver(T answer) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }

    private final class SilentRegistry implements Registry {
        @Override
        public Outcome put(RegistryRow row) {
            return waitForEver(new Outcome.Absent());
        }

        @Override
        public Outcome remove(RegistryKey key) {
            return waitForEver(new Outcome.Absent());
        }
    }

    private static final class Silent implements XdsSessions {
        @Override
        public void acked(String gateway, XdsType type, String version) {}

        @Override
        public void rejected(String gateway, XdsType type, String version, String words) {}

        @Override
        public void disconnected(String gateway) {}
    }
}
