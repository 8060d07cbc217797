package io.apihub.operator.status;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.operator.registry.GatewaySession;
import io.apihub.operator.registry.RegistryUnavailableException;
import io.apihub.operator.status.GatewayView.Everywhere;
import io.apihub.operator.status.GatewayView.NoGateways;
import io.apihub.operator.status.GatewayView.Progress;
import io.apihub.operator.status.GatewayView.Underway;
import io.apihub.operator.status.GatewayView.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The condition {@code Programmed}: whether every gateway that counts has a row. Once true for a
 * generation it stays true. Whoever is not there yet is asked again when that changes.
 */
public final class Programming {

    public static final String TYPE = "Programmed";

    private final Supplier<String> epoch;
    private final Supplier<List<GatewaySession>> sessions;
    private final Duration maxStale;
    private final InstantSource clock;
    private final Map<Object, Waiting> waiting = new ConcurrentHashMap<>();
    private volatile @Nullable GatewayView view;

    /**
     * Prepares the condition.
     *
     * @param epoch the registry's
     * @param sessions reads all gateways that were ever seen
     * @param maxStale how long a gateway serves without a heartbeat
     */
    public Programming(
            Supplier<String> epoch,
            Supplier<List<GatewaySession>> sessions,
            Duration maxStale,
            InstantSource clock) {
        this.epoch = epoch;
        this.sessions = sessions;
        this.maxStale = maxStale;
        this.clock = clock;
    }

    /**
     * How far a row is.
     *
     * @param object names the object; a later call replaces an earlier one
     * @param current the object's conditions
     * @param again called once when the answer has changed; must not block
     */
    public Observation of(
            Object object, long generation, List<Condition> current, Row row, Runnable again) {
        var latched =
                ConditionSet.find(current, TYPE)
                        .filter(old -> old.status().equals(Condition.TRUE))
                        .filter(old -> Long.valueOf(generation).equals(old.observedGeneration()));
        if (latched.isPresent()) {
            waiting.remove(object);
            return Observation.yes(TYPE, latched.get().reason(), latched.get().message());
        }
        var progress = current().of(row.revision());
        if (progress instanceof Everywhere) {
            waiting.remove(object);
        } else {
            waiting.put(object, new Waiting(row.revision(), progress, again));
        }
        return observe(progress, row);
    }

    /** What is said of an object that has no row. */
    public static Observation nothingSent() {
        return Observation.unknown(TYPE, "NotInForce", "there is nothing to send; see Ready");
    }

    /** Forgets an object that is gone or has no row. */
    public void forget(Object object) {
        waiting.remove(object);
    }

    /** Looks at the gateways again. Called when a session changes, and several times a second. */
    public void refresh() {
        if (waiting.isEmpty()) {
            view = null;
            return;
        }
        GatewayView now;
        try {
            now = read();
        } catch (RegistryUnavailableException e) {
            return; // the next tick sees it; the listener says that Postgres is away
        }
        view = now;
        waiting.forEach((object, entry) -> {
            if (!now.of(entry.revision).equals(entry.progress) && waiting.remove(object, entry)) {
                entry.again.run();
            }
        });
    }

    private GatewayView current() {
        var known = view;
        return known == null ? read() : known;
    }

    private GatewayView read() {
        var now = clock.instant();
        var counting = sessions.get().stream().filter(s -> s.counts(now, maxStale)).toList();
        return new GatewayView(
                epoch.get(), counting, now.minus(GatewaySession.SILENT_AFTER), maxStale);
    }

    private static Observation observe(Progress progress, Row row) {
        return switch (progress) {
            case NoGateways _ ->
                    Observation.unknown(
                            TYPE,
                            "NoGateways",
                            "revision " + row.revision() + " waits for the first gateway");
            case Underway(String gateway) ->
                    Observation.unknown(
                            TYPE,
                            "Pending",
                            "revision %d waits for gateway %s".formatted(row.revision(), gateway));
            case Unreachable(String gateway, Instant seenAt, Instant until) ->
                    Observation.no(
                            TYPE,
                            "GatewayUnreachable",
                            "gateway %s was last heard of at %s without revision %d; it accepts nothing after %s"
                                    .formatted(
                                            gateway,
                                            seconds(seenAt),
                                            row.revision(),
                                            seconds(until)));
            case Everywhere(int gateways, Instant lastAckAt) ->
                    Observation.yes(
                            TYPE,
                            "Programmed",
                            "revision %d on %d gateway%s after %d ms"
                                    .formatted(
                                            row.revision(),
                                            gateways,
                                            gateways == 1 ? "" : "s",
                                            millis(row.changedAt(), lastAckAt)));
        };
    }

    private static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    private static long millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }

    /**
     * The row of an object.
     *
     * @param revision what gateways must have acked
     * @param changedAt when it was committed, by the database's clock
     */
    public record Row(long revision, Instant changedAt) {}

    private record Waiting(long revision, Progress progress, Runnable again) {}
}
