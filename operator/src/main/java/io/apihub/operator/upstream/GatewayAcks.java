package io.apihub.operator.upstream;

import java.util.List;
import java.util.Optional;

/** How far the gateways that count are, over all replicas of the operator. */
@FunctionalInterface
public interface GatewayAcks {

    /**
     * The gateways that may still serve, connected or not.
     *
     * @throws RuntimeException if it can't be known now; ask again later
     */
    List<Ack> counting();

    /**
     * One gateway.
     *
     * @param clusters the version of the clusters that it acked last; empty before the first
     * @param rejection which clusters it refuses now
     * @param elsewhere Envoy's words if it refuses anything else, such as the listener
     */
    record Ack(
            String gateway,
            String clusters,
            Optional<Rejection> rejection,
            Optional<String> elsewhere) {

        Ack(String gateway, String clusters, Optional<Rejection> rejection) {
            this(gateway, clusters, rejection, Optional.empty());
        }
    }

    /**
     * Envoy's refusal of a version.
     *
     * @param words Envoy's own
     */
    record Rejection(String version, String words) {}
}
