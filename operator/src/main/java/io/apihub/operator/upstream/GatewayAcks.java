package io.apihub.operator.upstream;

import io.apihub.operator.upstream.Programming.Lacking;
import io.apihub.operator.upstream.Programming.Pending;
import io.apihub.operator.upstream.Programming.Unreachable;
import java.time.Instant;
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
     * @param revision of the registry that it acked last; 0 if of another epoch
     * @param silence if it was not heard of lately
     */
    record Ack(
            String gateway,
            String clusters,
            Optional<Rejection> rejection,
            Optional<String> elsewhere,
            long revision,
            Optional<Silence> silence) {}

    /**
     * A gateway that is cut off.
     *
     * @param until when it denies everything by itself
     */
    record Silence(Instant seenAt, Instant until) {}

    /**
     * What to say of gateways that lack something.
     *
     * @param behind those that do
     * @param what it is
     */
    static Optional<Lacking> lacking(List<Ack> behind, String what) {
        if (behind.isEmpty()) {
            return Optional.empty();
        }
        for (Ack ack : behind) {
            if (ack.silence().isPresent()) {
                Silence silence = ack.silence().get();
                return Optional.of(
                        new Unreachable(ack.gateway(), what, silence.seenAt(), silence.until()));
            }
        }
        List<String> names = behind.stream().map(Ack::gateway).sorted().toList();
        return Optional.of(
                new Pending(
                        "%s: waiting for gateway%s %s"
                                .formatted(
                                        what,
                                        names.size() == 1 ? "" : "s",
                                        String.join(", ", names))));
    }

    /**
     * Envoy's refusal of a version.
     *
     * @param words Envoy's own
     */
    record Rejection(String version, String words) {}
}
