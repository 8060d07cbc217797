package io.apihub.dev.gateway;

import java.nio.file.Path;

/**
 * What Envoy must know before anybody can tell it the rest: who it is, where the operator is, and
 * the sockets of the ext-authz beside it.
 *
 * @param id Envoy's node id; ext-authz must use the same as its gateway id
 * @param operatorPort of the operator's gRPC server on 127.0.0.1
 * @param authzSocket where ext-authz decides
 * @param usageSocket where ext-authz meters
 * @param adminSocket Envoy's admin interface; its config dump shows upstream credentials, so it is
 *     never a TCP port
 */
public record GatewayBootstrap(
        String id, int operatorPort, Path authzSocket, Path usageSocket, Path adminSocket) {

    /** The bootstrap file. */
    public String yaml() {
        return identity() + OVERLOAD + operator() + extAuthz();
    }

    private String identity() {
        return """
        node: {id: "%s", cluster: apihub}
        admin: {address: {pipe: {path: "%s", mode: 384}}}
        dynamic_resources:
          ads_config:
            api_type: GRPC
            transport_api_version: V3
            set_node_on_first_message_only: true
            grpc_services:
            - envoy_grpc:
                cluster_name: xds
                # An operator that comes back is to be heard at once, not after half a minute.
                retry_policy: {retry_back_off: {base_interval: 0.25s, max_interval: 2s}}
          cds_config: {resource_api_version: V3, initial_fetch_timeout: 15s, ads: {}}
          lds_config: {resource_api_version: V3, initial_fetch_timeout: 15s, ads: {}}
        """
                .formatted(id, adminSocket);
    }

    private static final String OVERLOAD =
            """
            overload_manager:
              buffer_factory_config: {minimum_account_to_track_power_of_two: 20}
              refresh_interval: 0.25s
              resource_monitors:
              - name: envoy.resource_monitors.fixed_heap
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig
                  max_heap_size_bytes: 1073741824
              - name: envoy.resource_monitors.global_downstream_max_connections
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig
                  max_active_downstream_connections: 20000
              actions:
              - name: envoy.overload_actions.shrink_heap
                triggers: [{name: envoy.resource_monitors.fixed_heap, threshold: {value: 0.90}}]
              - name: envoy.overload_actions.reset_high_memory_stream
                triggers:
                - name: envoy.resource_monitors.fixed_heap
                  scaled: {scaling_threshold: 0.85, saturation_threshold: 0.95}
              - name: envoy.overload_actions.stop_accepting_requests
                triggers: [{name: envoy.resource_monitors.fixed_heap, threshold: {value: 0.97}}]
            """;

    private String operator() {
        return """
        static_resources:
          clusters:
          - name: xds
            type: STATIC
            connect_timeout: 1s
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config:
                  http2_protocol_options:
                    connection_keepalive: {interval: 5s, timeout: 5s}
            load_assignment:
              cluster_name: xds
              endpoints:
              - lb_endpoints:
                - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
        """
                .formatted(operatorPort);
    }

    /**
     * With a health check and no panic mode, Envoy keeps log entries while ext-authz is away and
     * delivers them when it is back, instead of sending them nowhere.
     *
     * <p>A check lasts as long as its grant, so there may be as many as there are clients: the
     * default of 1024 at a time would answer the next ones with an error of Envoy's own. The
     * windows let a body of 32 MiB pass without waiting for ext-authz at every 64 KiB.
     */
    private String extAuthz() {
        return """
          - name: apihub_authz
            type: STATIC
            connect_timeout: 0.25s
            circuit_breakers: {thresholds: [{max_requests: 100000, max_pending_requests: 100000}]}
            typed_extension_protocol_options: &local
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config:
                  http2_protocol_options:
                    initial_stream_window_size: 1048576
                    initial_connection_window_size: 16777216
                    # A JVM that pauses for a moment is not gone: the health check is quicker anyway.
                    connection_keepalive: {interval: 10s, timeout: 5s}
            health_checks: &alive
            - timeout: 0.5s
              interval: 1s
              no_traffic_interval: 1s
              unhealthy_threshold: 2
              healthy_threshold: 1
              grpc_health_check: {}
            common_lb_config: &nopanic {healthy_panic_threshold: {value: 0}}
            load_assignment:
              cluster_name: apihub_authz
              endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: "%s"}}}}]}]
          - name: apihub_usage
            type: STATIC
            connect_timeout: 0.25s
            typed_extension_protocol_options: *local
            health_checks: *alive
            common_lb_config: *nopanic
            load_assignment:
              cluster_name: apihub_usage
              endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: "%s"}}}}]}]
        """
                .formatted(authzSocket, usageSocket);
    }
}
