package io.apihub.operator.status;

import io.apihub.operator.registry.GatewaySession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gateways that count, at one instant.
 *
 * @param epoch of the registry; acks of another one don't count
 * @param gateways those that may serve
 * @param silentSince the instant before which a gateway's last sign means that it is cut off
 */
record GatewayView(
        String epoch, List<GatewaySession> gateways, Instant silentSince, Duration maxStale) {

    GatewayView {
        gateways = List.copyOf(gateways);
    }

    /** How far a revision is. */
    sealed interface Progress {}

    /** No gateway counts. */
    record NoGateways() implements Progress {}

    /** Every gateway acked. */
    record Everywhere(int gateways, Instant lastAckAt) implements Progress {}

    /** Some did not ack yet, all are there. */
    record Underway(String gateway) implements Progress {}

    /** One that did not ack is cut off; it denies everything after {@code until}. */
    record Unreachable(String gateway, Instant seenAt, Instant until) implements Progress {}

    Progress of(long revision) {
        if (gateways.isEmpty()) {
            return new NoGateways();
        }
        var lastAck = Instant.EPOCH;
        @Nullable GatewaySession lacking = null;
        for (var gateway : gateways) {
            if (!acked(gateway, revision)) {
                if (isSilent(gateway)) {
                    return unreachable(gateway);
                }
                lacking = lacking == null ? gateway : lacking;
            } else if (gateway.ackedAt() != null && gateway.ackedAt().isAfter(lastAck)) {
                lastAck = gateway.ackedAt();
            }
        }
        return lacking == null
                ? new Everywhere(gateways.size(), lastAck)
                : new Underway(lacking.gateway());
    }

    private boolean acked(GatewaySession gateway, long revision) {
        return gateway.epoch().equals(epoch) && gateway.ackedRevision() >= revision;
    }

    private boolean isSilent(GatewaySession gateway) {
        return gateway.feedSeenAt() != null && gateway.feedSeenAt().isBefore(silentSince);
    }

    private Unreachable unreachable(GatewaySession gateway) {
        var seenAt = gateway.feedSeenAt() == null ? Instant.EPOCH : gateway.feedSeenAt();
        return new Unreachable(gateway.gateway(), seenAt, seenAt.plus(maxStale));
    }
}
