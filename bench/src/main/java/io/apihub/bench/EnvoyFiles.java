package io.apihub.bench;

import io.apihub.dev.gateway.GatewayBootstrap;
import java.nio.file.Path;

/** Envoy's bootstrap files. */
final class EnvoyFiles {

    private EnvoyFiles() {}

    static String bare(int port, int upstreamPort) {
        return """
        static_resources:
          listeners:
          - name: bare
            address: {socket_address: {address: 127.0.0.1, port_value: %d}}
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: bare
                  route_config:
                    virtual_hosts:
                    - {name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: upstream, timeout: 0s}}]}
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          clusters:
          - name: upstream
            type: STATIC
            connect_timeout: 1s
            load_assignment: {cluster_name: upstream, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}
        """
                .formatted(port, upstreamPort);
    }

    /** The product's own bootstrap; authz.sock and usage.sock lie in {@code sockets}. */
    static String chain(int adsPort, Path sockets) {
        return new GatewayBootstrap(
                        "bench",
                        adsPort,
                        sockets.resolve("authz.sock"),
                        sockets.resolve("usage.sock"),
                        sockets.resolve("admin.sock"))
                .yaml();
    }
}
