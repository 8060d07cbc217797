package io.apihub.operator.xds;

import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.compression.gzip.compressor.v3.Gzip;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.BufferPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.compressor.v3.Compressor;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.lua.v3.Lua;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;

/** The messages that may stand behind an {@code @type} in the templates. */
final class EnvoyTypes {

    private static final List<Descriptor> KNOWN =
            List.of(
                    HttpConnectionManager.getDescriptor(),
                    HttpGrpcAccessLogConfig.getDescriptor(),
                    io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3
                            .HeaderMutation.getDescriptor(),
                    Compressor.getDescriptor(),
                    Gzip.getDescriptor(),
                    Buffer.getDescriptor(),
                    BufferPerRoute.getDescriptor(),
                    ExtAuthz.getDescriptor(),
                    ExtAuthzPerRoute.getDescriptor(),
                    Lua.getDescriptor(),
                    Router.getDescriptor(),
                    FilterConfig.getDescriptor(),
                    PreviousHostsPredicate.getDescriptor(),
                    PreviousPrioritiesConfig.getDescriptor(),
                    HttpProtocolOptions.getDescriptor(),
                    HeaderMutation.getDescriptor(),
                    UpstreamCodec.getDescriptor(),
                    DownstreamTlsContext.getDescriptor(),
                    UpstreamTlsContext.getDescriptor(),
                    TypedStruct.getDescriptor());

    static final JsonFormat.TypeRegistry REGISTRY =
            JsonFormat.TypeRegistry.newBuilder().add(KNOWN).build();

    private EnvoyTypes() {}
}
