package io.apihub.operator.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one gateway is known to have, over all operator replicas.
 *
 * @param ackedRevision the registry revision that it acked last, within {@code epoch}
 * @param ackedAt when, by the database's clock; null before its first ack
 * @param feedSeenAt the last heartbeat that was sent to it; null if it has no feed
 * @param leftAt when it said goodbye; null while it may still serve
 * @param xdsVersions the version that it acked last, by resource type
 * @param xdsNack Envoy's words about the configuration that it refused last, if it still does
 * @param xdsSeenAt when its Envoy was last connected; null if it never was
 */
public record GatewaySession(
        String gateway,
        String epoch,
        long ackedRevision,
        @Nullable Instant ackedAt,
        @Nullable Instant feedSeenAt,
        @Nullable Instant leftAt,
        Map<String, String> xdsVersions,
        Optional<String> xdsNack,
        @Nullable Instant xdsSeenAt) {

    /** Heartbeats come five times a second and are recorded once a second. */
    public static final Duration SILENT_AFTER = Duration.ofSeconds(5);

    public GatewaySession {
        xdsVersions = Map.copyOf(xdsVersions);
    }

    /** Whether a change must wait for it: it may still serve what it knew when last seen. */
    public boolean counts(Instant now, Duration maxStale) {
        return leftAt == null && feedSeenAt != null && now.isBefore(feedSeenAt.plus(maxStale));
    }
}
