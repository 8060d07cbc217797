package io.apihub.operator.xds;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pools and settings to test with. */
final class Samples {

    static final Pool.Settings AUTHORIZED =
            new Pool.Settings(
                    Duration.ofSeconds(2), Optional.of("authorization"), Optional.empty());

    private Samples() {}

    static GatewaySettings settings(Map<String, String> entries) {
        return GatewaySettings.of(entries);
    }

    static PoolMember member(String name, String url) {
        return member(name, url, 0, 1);
    }

    static PoolMember member(String name, String url, int priority, int weight) {
        return member(name, url, new PoolMember.Share(priority, weight, false));
    }

    static PoolMember member(String name, String url, PoolMember.Share share) {
        return new PoolMember(
                name,
                Origin.of(url),
                TlsTrust.SYSTEM,
                Optional.of(new Credential("Bearer upstream-" + name)),
                share);
    }

    static Pool pool(String name, PoolMember... members) {
        return new Pool(name, AUTHORIZED, List.of(members));
    }

    static Topology topology(Pool... pools) {
        return new Topology(List.of(pools), Topology.DEFAULT_IDLE, Optional.empty());
    }
}
