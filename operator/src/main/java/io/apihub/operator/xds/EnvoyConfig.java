package io.apihub.operator.xds;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** One whole configuration of a gateway, with a version for each type of resource. */
public final class EnvoyConfig {

    private final Listener listener;
    private final RouteConfiguration routes;
    private final List<Cluster> clusters;
    private final List<Secret> secrets;
    private final String listenerVersion;
    private final String routesVersion;
    private final String clustersVersion;
    private final String secretsVersion;

    EnvoyConfig(
            Listener listener,
            RouteConfiguration routes,
            List<Cluster> clusters,
            List<Secret> secrets) {
        this.listener = listener;
        this.routes = routes;
        this.clusters = List.copyOf(clusters);
        this.secrets = List.copyOf(secrets);
        this.listenerVersion = version(List.of(listener));
        this.routesVersion = version(List.of(routes));
        this.clustersVersion = version(this.clusters);
        this.secretsVersion = version(this.secrets);
    }

    Listener listener() {
        return listener;
    }

    RouteConfiguration routes() {
        return routes;
    }

    List<Cluster> clusters() {
        return clusters;
    }

    /** What the listener refers to; empty without TLS. */
    List<Secret> secrets() {
        return secrets;
    }

    /** The hash of the content of that type. */
    public String version(XdsType type) {
        return switch (type) {
            case LISTENERS -> listenerVersion;
            case ROUTES -> routesVersion;
            case CLUSTERS -> clustersVersion;
            case SECRETS -> secretsVersion;
        };
    }

    private static String version(List<? extends Message> resources) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        // Maps in the order of their keys, whatever built them.
        out.useDeterministicSerialization();
        try {
            for (Message resource : resources) {
                out.writeMessageNoTag(resource);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return ContentHash.of(bytes.toByteArray());
    }
}
