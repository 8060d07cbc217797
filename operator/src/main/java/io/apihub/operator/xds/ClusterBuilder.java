package io.apihub.operator.xds;

import static java.util.Map.entry;

import com.google.common.net.InetAddresses;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A {@link Pool} as a cluster of Envoy. */
final class ClusterBuilder {

    /** Envoy's own limit. */
    private static final int PRIORITIES = 128;

    private final String systemCaFile;

    ClusterBuilder(String systemCaFile) {
        this.systemCaFile = systemCaFile;
    }

    Cluster pool(Pool pool) {
        Pool.Settings settings = pool.settings();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("name", pool.name());
        values.put("connectTimeout", EnvoyDurations.text(settings.connectTimeout()));
        values.put("credential", settings.credentialHeader().map(this::credential).orElse(null));
        values.put("healthChecks", settings.probe().map(this::probe).orElse(null));
        values.put("tls", tls(pool));
        values.put("endpoints", endpoints(pool));
        return new EnvoyTemplate("pool.yaml").into(Cluster.newBuilder(), values).build();
    }

    static Cluster billing(GatewaySettings.Address address) {
        return new EnvoyTemplate("billing-cluster.yaml")
                .into(Cluster.newBuilder(), Map.of("host", address.host(), "port", address.port()))
                .build();
    }

    private Object credential(String header) {
        return new EnvoyTemplate("credential-filter.yaml").fill(Map.of("header", header));
    }

    private Object probe(Pool.Probe probe) {
        return List.of(
                new EnvoyTemplate("health-check.yaml")
                        .fill(
                                Map.of(
                                        "path",
                                        probe.path(),
                                        "interval",
                                        EnvoyDurations.text(probe.interval()))));
    }

    /** Priorities are ranked: Envoy allocates every number up to the highest. */
    private static List<Object> endpoints(Pool pool) {
        TreeMap<Integer, List<Object>> byPriority = new TreeMap<>();
        pool.members().stream()
                // Left out, not marked: in panic Envoy would send to a marked one. Its open
                // requests go on.
                .filter(member -> !member.share().drain())
                .forEach(member ->
                        byPriority
                                .computeIfAbsent(member.share().priority(), p -> new ArrayList<>())
                                .add(endpoint(member)));
        List<Object> ranked = new ArrayList<>();
        byPriority
                .values()
                .forEach(members ->
                        ranked.add(
                                Map.ofEntries(
                                        entry("priority", Math.min(ranked.size(), PRIORITIES - 1)),
                                        entry("lb_endpoints", members))));
        return ranked;
    }

    private static Object endpoint(PoolMember member) {
        Origin origin = member.origin();
        Map<String, Object> ours = new LinkedHashMap<>();
        ours.put("name", member.upstream());
        member.credential().ifPresent(c -> ours.put("authorization", c.headerValue()));
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("apihub.upstream", ours);
        if (origin.tls()) {
            metadata.put("envoy.transport_socket_match", Map.of("tls", tlsId(member)));
        }
        Map<String, Object> endpoint = new LinkedHashMap<>();
        endpoint.put("hostname", origin.authority());
        endpoint.put("health_check_config", Map.of("hostname", origin.authority()));
        endpoint.put(
                "address",
                Map.of(
                        "socket_address",
                        new TreeMap<>(
                                Map.of("address", origin.host(), "port_value", origin.port()))));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("load_balancing_weight", member.share().weight());
        result.put("endpoint", endpoint);
        result.put("metadata", Map.of("filter_metadata", metadata));
        return result;
    }

    private @Nullable List<Object> tls(Pool pool) {
        Map<String, Object> matches = new TreeMap<>();
        pool.members().stream()
                .filter(member -> member.origin().tls())
                .forEach(member -> matches.put(tlsId(member), tls(member)));
        return matches.isEmpty() ? null : List.copyOf(matches.values());
    }

    private Object tls(PoolMember member) {
        String name = serverName(member);
        boolean address = InetAddresses.isInetAddress(name);
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("id", tlsId(member));
        values.put("sni", address ? null : name);
        values.put("san", name);
        values.put("sanType", address ? "IP_ADDRESS" : "DNS");
        values.put(
                "ca",
                member.trust()
                        .caPem()
                        .map(pem -> Map.of("inline_string", pem))
                        .orElse(Map.of("filename", systemCaFile)));
        return new EnvoyTemplate("tls.yaml").fill(values);
    }

    private static String tlsId(PoolMember member) {
        String what = serverName(member) + "\n" + member.trust().caPem().orElse("");
        return ContentHash.of(what.getBytes(StandardCharsets.UTF_8));
    }

    private static String serverName(PoolMember member) {
        return member.trust().serverName().orElse(member.origin().host());
    }
}
