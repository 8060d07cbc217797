package io.apihub.operator.xds;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All that Envoy has to know and that changes at run time.
 *
 * @param pools in order of their names
 * @param idleTimeout how long a request may be silent; Envoy has one for each route, so it is the
 *     greatest that any Upstream asks for
 * @param certificate empty where Envoy speaks plain HTTP
 */
public record Topology(
        List<Pool> pools, Duration idleTimeout, Optional<GatewayCertificate> certificate) {

    /** The idle timeout where no Upstream says another. */
    public static final Duration DEFAULT_IDLE = Duration.ofMinutes(10);

    public Topology {
        pools = pools.stream().sorted(Comparator.comparing(Pool::name)).toList();
    }
}
