package io.apihub.operator.xds;

import static io.apihub.operator.xds.Samples.member;
import static io.apihub.operator.xds.Samples.pool;
import static io.apihub.operator.xds.Samples.settings;
import static io.apihub.operator.xds.Samples.topology;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SnapshotBuilderTest {

    private static final GatewaySettings SETTINGS = settings(Map.of());
    private static final Pool A = pool("pool/a", member("a", "http://a.example:8317"));
    private static final Pool B = pool("pool/b", member("b", "https://b.example"));

    @Test
    void equalInputsGiveEqualVersionsWhateverTheirOrder() {
        EnvoyConfig one = SnapshotBuilder.build(topology(A, B), SETTINGS);
        EnvoyConfig other = SnapshotBuilder.build(topology(B, A), SETTINGS);

        for (XdsType type : XdsType.values()) {
            assertThat(other.version(type)).isEqualTo(one.version(type));
        }
    }

    @Test
    void aNewPoolChangesNeitherListenerNorRoutes() {
        EnvoyConfig before = SnapshotBuilder.build(topology(A), SETTINGS);
        EnvoyConfig after = SnapshotBuilder.build(topology(A, B), SETTINGS);

        assertThat(after.version(XdsType.CLUSTERS)).isNotEqualTo(before.version(XdsType.CLUSTERS));
        assertThat(after.version(XdsType.LISTENERS)).isEqualTo(before.version(XdsType.LISTENERS));
        assertThat(after.version(XdsType.ROUTES)).isEqualTo(before.version(XdsType.ROUTES));
    }

    @Test
    void prioritiesAreRankedAndDrainingMembersLeftOut() {
        Pool pool =
                pool(
                        "pool/ranked",
                        member("low", "http://low.example", 900, 1),
                        member("high", "http://high.example", -5, 3),
                        member("gone", "http://gone.example", new PoolMember.Share(7, 1, true)));

        Cluster cluster = SnapshotBuilder.build(topology(pool), SETTINGS).clusters().getFirst();

        List<LocalityLbEndpoints> ranked = cluster.getLoadAssignment().getEndpointsList();
        assertThat(ranked).extracting(LocalityLbEndpoints::getPriority).containsExactly(0, 1);
        assertThat(ranked)
                .extracting(l -> l.getLbEndpoints(0).getEndpoint().getHostname())
                .containsExactly("high.example", "low.example");
    }

    @Test
    void everyRouteThatIsCheckedInFullHasASmallTwinBeforeIt() {
        List<Route> routes = routes(SETTINGS);

        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
            boolean twin = i > 0 && routes.get(i - 1).getName().equals(route.getName() + "-small");
            boolean model = route.getRoute().hasClusterHeader();
            boolean exempt = List.of("multipart", "models").contains(route.getName());
            assertThat(twin).as(route.getName()).isEqualTo(model && !exempt && !small(route));
            assertThat(route.containsTypedPerFilterConfig(RouteBuilder.PRECHECK))
                    .as("precheck off on " + route.getName())
                    .isEqualTo(small(route) || !model || route.getName().equals("models"));
        }
    }

    @Test
    void eachModelRouteTellsTheCheckHowLongItsRequestsMayTake() {
        GatewaySettings settings =
                settings(Map.of("maxStreamDuration", "4h", "settleMargin", "30s"));

        assertThat(routes(settings))
                .filteredOn(route ->
                        route.getRoute().hasClusterHeader()
                                && !route.getName().startsWith("models"))
                .hasSizeGreaterThan(10)
                .allSatisfy(route -> {
                    assertThat(route.getRoute().getMaxStreamDuration().getMaxStreamDuration())
                            .isEqualTo(Durations.fromHours(4));
                    assertThat(
                                    route.getMetadata()
                                            .getFilterMetadataOrThrow("apihub")
                                            .getFieldsOrThrow("longest")
                                            .getStringValue())
                            .isEqualTo("14430000");
                });
    }

    @Test
    void withoutBillingThePortalDoesNotExist() {
        assertThat(routes(SETTINGS)).noneMatch(route -> route.getRoute().hasCluster());
        assertThat(routes(settings(Map.of("billingAddress", "billing:8080"))))
                .filteredOn(route -> route.getRoute().hasCluster())
                .allMatch(route ->
                        route.containsTypedPerFilterConfig("envoy.filters.http.ext_authz")
                                && route.containsTypedPerFilterConfig(RouteBuilder.PRECHECK)
                                && route.containsTypedPerFilterConfig("envoy.filters.http.buffer"));
    }

    @Test
    void underOtherNamesThanTheGatewaysThereAreTheProbesOnly() {
        var hosts =
                SnapshotBuilder.build(
                                topology(), settings(Map.of("hosts", "API.example, web.example")))
                        .routes()
                        .getVirtualHostsList();

        assertThat(hosts).hasSize(2);
        assertThat(hosts.getFirst().getDomainsList())
                .containsExactly("api.example", "api.example:*", "web.example", "web.example:*");
        assertThat(hosts.getLast().getDomainsList()).containsExactly("*");
        assertThat(hosts.getLast().getRoutesList())
                .extracting(Route::getName)
                .containsExactly("healthz", "readyz", "unknown");
        assertThat(SnapshotBuilder.build(topology(), SETTINGS).routes().getVirtualHostsList())
                .hasSize(1);
    }

    @Test
    void theLastRouteRefusesWhateverIsLeft() {
        assertThat(routes(settings(Map.of("billingAddress", "billing:8080"))).getLast().getName())
                .isEqualTo("unknown");
    }

    @Test
    void aRouteToAClusterThatIsNotThereIsRefused() {
        RouteConfiguration dangling =
                RouteBuilder.routes(
                        settings(Map.of("billingAddress", "billing:8080")), Topology.DEFAULT_IDLE);
        EnvoyConfig good = SnapshotBuilder.build(topology(), SETTINGS);

        assertThatThrownBy(() ->
                        DanglingReferences.refuse(
                                new EnvoyConfig(good.listener(), dangling, List.of(), List.of())))
                .hasMessageContaining("leads to no cluster billing");
    }

    @Test
    void envoyWaitsALittleLongerForAnAnswerThanExtAuthzForCredit() {
        assertThat(listener(SETTINGS)).contains("\"timeout\": \"1s\"");
        assertThat(listener(settings(Map.of("grantTimeout", "5s"))))
                .contains("\"timeout\": \"5.200s\"")
                .doesNotContain("\"timeout\": \"1s\"");
    }

    private static String listener(GatewaySettings settings) {
        try {
            return JsonFormat.printer()
                    .usingTypeRegistry(EnvoyTypes.REGISTRY)
                    .print(SnapshotBuilder.build(topology(), settings).listener());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void credentialsDoNotPrint() {
        assertThat(A.toString()).doesNotContain("upstream-a");
    }

    @Test
    void wrongSettingsNameTheirKey() {
        assertThatThrownBy(() -> settings(Map.of("listenPort", "x")))
                .hasMessageContaining("listenPort");
        assertThatThrownBy(() -> settings(Map.of("maxStreamDuration", "5h")))
                .hasMessageContaining("maxStreamDuration");
        assertThatThrownBy(() -> settings(Map.of("settleMargin", "11m")))
                .hasMessageContaining("settleMargin");
        assertThatThrownBy(() -> settings(Map.of("grantTimeout", "11s")))
                .hasMessageContaining("grantTimeout");
        assertThatThrownBy(() -> settings(Map.of("billingAddress", "billing")))
                .hasMessageContaining("billingAddress");
        assertThatThrownBy(() -> settings(Map.of("hosts", "api.example,,web example")))
                .hasMessageContaining("hosts");
    }

    private static List<Route> routes(GatewaySettings settings) {
        return SnapshotBuilder.build(topology(), settings)
                .routes()
                .getVirtualHosts(0)
                .getRoutesList();
    }

    private static boolean small(Route route) {
        return route.getName().endsWith("-small");
    }
}
