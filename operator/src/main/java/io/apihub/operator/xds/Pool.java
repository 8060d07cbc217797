package io.apihub.operator.xds;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A distinct set of Upstreams: one cluster of Envoy, which owns balancing, health and retries.
 *
 * @param name the cluster's name, {@code pool/...}
 * @param settings what all members agree on
 * @param members in order of their names, at least one
 */
public record Pool(String name, Settings settings, List<PoolMember> members) {

    public Pool {
        members = members.stream().sorted(Comparator.comparing(PoolMember::upstream)).toList();
        if (members.isEmpty()) {
            throw new IllegalArgumentException("a pool needs a member: " + name);
        }
    }

    /**
     * What Envoy has once for each cluster.
     *
     * @param connectTimeout for a connection to one member
     * @param credentialHeader the header that carries the credential; empty means none is sent
     */
    public record Settings(
            Duration connectTimeout, Optional<String> credentialHeader, Optional<Probe> probe) {}

    /**
     * Active health checking: GET {@code path}, healthy on 200.
     *
     * @param interval between two checks of one member
     */
    public record Probe(String path, Duration interval) {}
}
