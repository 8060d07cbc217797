package io.apihub.operator.xds;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The routes of {@code routes.yaml}, each model route preceded by its {@code -small} twin. */
final class RouteBuilder {

    static final String PRECHECK = "apihub.precheck";

    /** Bodies that nobody needs a live key to have buffered, bytes. */
    private static final long SMALL = 65536;

    private static final String ANY = "*";

    /** What exists under all names, when {@code hosts} names some. */
    private static final Set<String> ANYWHERE = Set.of("healthz", "readyz", "unknown");

    private static final Any OFF = Any.pack(FilterConfig.newBuilder().setDisabled(true).build());

    private RouteBuilder() {}

    static RouteConfiguration routes(GatewaySettings settings, Duration idle) {
        Object portal =
                settings.billing()
                        .map(a -> new EnvoyTemplate("portal-routes.yaml").fill(Map.of()))
                        .orElse(List.of());
        RouteConfiguration.Builder routes =
                new EnvoyTemplate("routes.yaml")
                        .into(
                                RouteConfiguration.newBuilder(),
                                Map.of(
                                        "idleTimeout", EnvoyDurations.text(idle),
                                        "maxStreamDuration",
                                                EnvoyDurations.text(settings.maxStreamDuration()),
                                        "longestHold",
                                                Long.toString(settings.longestHold().toMillis()),
                                        "hosts", settings.front().domains(),
                                        "portal-routes", portal));
        VirtualHost.Builder host = routes.getVirtualHostsBuilder(0);
        List<Route> all = new ArrayList<>();
        for (Route route : host.getRoutesList()) {
            if (readsWholeBody(route)) {
                all.add(small(route));
            }
            all.add(route);
        }
        host.clearRoutes().addAllRoutes(all);
        if (!host.getDomainsList().contains(ANY)) {
            routes.addVirtualHosts(probes(host.build()));
        }
        return routes.build();
    }

    /** Who asks whether the gateway lives asks by its address, not by its name. */
    private static VirtualHost probes(VirtualHost host) {
        return host.toBuilder()
                .setName("probes")
                .clearDomains()
                .addDomains(ANY)
                .clearRoutes()
                .addAllRoutes(
                        host.getRoutesList().stream()
                                .filter(route -> ANYWHERE.contains(route.getName()))
                                .toList())
                .build();
    }

    private static boolean readsWholeBody(Route route) {
        return route.getRoute().hasClusterHeader()
                && !route.containsTypedPerFilterConfig("envoy.filters.http.ext_authz");
    }

    private static Route small(Route route) {
        Route.Builder twin = route.toBuilder().setName(route.getName() + "-small");
        twin.getMatchBuilder()
                .addHeaders(
                        HeaderMatcher.newBuilder()
                                .setName("content-length")
                                .setRangeMatch(
                                        Int64Range.newBuilder().setStart(0).setEnd(SMALL + 1)));
        return twin.putTypedPerFilterConfig(PRECHECK, OFF).build();
    }
}
