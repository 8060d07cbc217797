package io.apihub.operator.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What java-control-plane's own check does not see: it knows the connection manager under an old
 * name only, so it passes everything.
 */
final class DanglingReferences {

    private DanglingReferences() {}

    static void refuse(EnvoyConfig config) {
        HttpConnectionManager manager = manager(config);
        String asked = manager.getRds().getRouteConfigName();
        require(config.routes().getName().equals(asked), "the listener asks for routes " + asked);
        Set<String> clusters = new HashSet<>();
        for (Cluster cluster : config.clusters()) {
            require(clusters.add(cluster.getName()), "two clusters " + cluster.getName());
        }
        Set<String> filters =
                manager.getHttpFiltersList().stream()
                        .map(HttpFilter::getName)
                        .collect(Collectors.toSet());
        for (VirtualHost host : config.routes().getVirtualHostsList()) {
            host.getRoutesList().forEach(route -> refuse(route, clusters, filters));
        }
    }

    private static void refuse(Route route, Set<String> clusters, Set<String> filters) {
        RouteAction action = route.getRoute();
        if (action.hasCluster()) {
            require(
                    clusters.contains(action.getCluster()),
                    "route " + route.getName() + " leads to no cluster " + action.getCluster());
        }
        for (String filter : route.getTypedPerFilterConfigMap().keySet()) {
            require(
                    filters.contains(filter),
                    "route " + route.getName() + " configures no filter " + filter);
        }
    }

    static HttpConnectionManager manager(EnvoyConfig config) {
        Any filter = config.listener().getFilterChains(0).getFilters(0).getTypedConfig();
        try {
            return filter.unpack(HttpConnectionManager.class);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the listener has no connection manager", e);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
