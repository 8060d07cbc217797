package io.apihub.operator.upstream;

import io.apihub.operator.registry.GatewaySession;
import io.apihub.operator.registry.GatewaySessions;
import io.apihub.operator.registry.RegistryUnavailableException;
import io.apihub.operator.xds.XdsSessions;
import io.apihub.operator.xds.XdsType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what gateways acked and refused in Postgres, so that the leader knows it of gateways that
 * are connected to other replicas.
 */
final class XdsRecorder implements XdsSessions, GatewayAcks, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(XdsRecorder.class);

    /** Ends the entries among a session's versions that say what it refuses. */
    private static final String REFUSED = ".refused";

    private static final String CLUSTERS_REFUSED = XdsType.CLUSTERS.name() + REFUSED;

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final GatewaySessions sessions;
    private final Duration maxStale;
    private final Supplier<String> epoch;
    private final InstantSource clock;
    private final Map<String, State> states = new ConcurrentHashMap<>();
    private final Wake wake = new Wake();
    private final Thread thread;

    /** Keeps them in {@code sessions}; revisions of another {@code epoch} don't count. */
    XdsRecorder(
            GatewaySessions sessions,
            Duration maxStale,
            Supplier<String> epoch,
            InstantSource clock) {
        this.sessions = sessions;
        this.maxStale = maxStale;
        this.epoch = epoch;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("xds-recorder").start(this::run);
    }

    @Override
    public void acked(String gateway, XdsType type, String version) {
        change(gateway, type, Optional.of(version), Optional.empty());
    }

    @Override
    public void rejected(String gateway, XdsType type, String version, String words) {
        LOG.error("gateway {} refuses {} {}: {}", gateway, type, version, words);
        change(gateway, type, Optional.empty(), Optional.of(new Rejection(version, words)));
    }

    private void change(
            String gateway, XdsType type, Optional<String> acked, Optional<Rejection> refused) {
        states.compute(
                gateway,
                (name, before) -> {
                    State next = before == null ? new State() : before.copy();
                    acked.ifPresent(version -> next.versions.put(type, version));
                    refused.ifPresentOrElse(
                            rejection -> next.refused.put(type, rejection),
                            () -> next.refused.remove(type));
                    return next;
                });
        wake.up();
    }

    @Override
    public void disconnected(String gateway) {
        LOG.info("gateway {} has left its configuration stream", gateway);
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                wake.await(RETRY);
                states.forEach(this::record);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void record(String gateway, State state) {
        if (state.recorded) {
            return;
        }
        try {
            String words =
                    state.refused.values().stream()
                            .map(Rejection::words)
                            .collect(Collectors.joining("; "));
            sessions.recordXds(gateway, state.flat(), words.isEmpty() ? null : words);
            state.recorded = true;
        } catch (RegistryUnavailableException e) {
            LOG.warn("can't record what gateway {} has: {}", gateway, e.getMessage());
        }
    }

    @Override
    public List<Ack> counting() {
        Instant now = clock.instant();
        String current = epoch.get();
        return sessions.all().stream()
                .filter(session -> session.counts(now, maxStale))
                .map(session -> ack(session, current, now))
                .toList();
    }

    private Ack ack(GatewaySession session, String current, Instant now) {
        Map<String, String> versions = session.xdsVersions();
        return new Ack(
                session.gateway(),
                versions.getOrDefault(XdsType.CLUSTERS.name(), ""),
                Optional.ofNullable(versions.get(CLUSTERS_REFUSED))
                        .flatMap(version ->
                                session.xdsNack().map(words -> new Rejection(version, words))),
                session.xdsNack()
                        .filter(words ->
                                versions.keySet().stream()
                                        .anyMatch(key ->
                                                key.endsWith(REFUSED)
                                                        && !key.equals(CLUSTERS_REFUSED))),
                session.epoch().equals(current) ? session.ackedRevision() : 0,
                silence(session, now));
    }

    private Optional<Silence> silence(GatewaySession session, Instant now) {
        return Optional.ofNullable(session.feedSeenAt())
                .filter(seenAt -> seenAt.isBefore(now.minus(GatewaySession.SILENT_AFTER)))
                .map(seenAt -> new Silence(seenAt, seenAt.plus(maxStale)));
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    /** What one gateway said; changed by copying, but for the mark. */
    private static final class State {
        private final Map<XdsType, String> versions = new EnumMap<>(XdsType.class);
        private final Map<XdsType, Rejection> refused = new EnumMap<>(XdsType.class);
        private volatile boolean recorded;

        State copy() {
            State copy = new State();
            copy.versions.putAll(versions);
            copy.refused.putAll(refused);
            return copy;
        }

        Map<String, String> flat() {
            Map<String, String> flat = new TreeMap<>();
            versions.forEach((type, version) -> flat.put(type.name(), version));
            refused.forEach(
                    (type, rejection) -> flat.put(type.name() + REFUSED, rejection.version()));
            return flat;
        }
    }
}
