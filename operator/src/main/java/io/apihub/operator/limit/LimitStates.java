package io.apihub.operator.limit;

import io.apihub.operator.registry.LimitState;
import io.apihub.operator.registry.LimitState.Counter;
import io.apihub.operator.registry.LimitState.Target;
import io.apihub.operator.registry.LimitStateSource;
import io.apihub.operator.registry.LimitStateSource.Reading;
import io.apihub.operator.registry.RegistryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which limits are used up or near it, and tells which Quotas and Tenants have changed. Holds
 * only what says something; a state ends by itself with its window.
 */
public final class LimitStates {

    private static final Logger LOG = LoggerFactory.getLogger(LimitStates.class);

    /** A transaction of billing that began earlier may commit rows after a reading. */
    private static final Duration OVERLAP = Duration.ofSeconds(30);

    /** After it all is read anew: nothing that was missed stays so. */
    private static final Duration WHOLE = Duration.ofMinutes(5);

    private final LimitStateSource source;
    private final InstantSource clock;
    private final List<Consumer<Target>> listeners = new CopyOnWriteArrayList<>();
    private final Map<Target, Map<Counter, LimitState>> holding = new HashMap<>();
    private final Set<Target> askedEarly = new HashSet<>();
    private volatile @Nullable Instant readAt;
    private Instant wholeAt = Instant.EPOCH;
    private boolean whole;
    private boolean told;

    /** Knows nothing before the first {@link #refresh}. */
    public LimitStates(LimitStateSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    /** Calls {@code listener} with each object to look at again; it must not block. */
    public void onChange(Consumer<Target> listener) {
        listeners.add(listener);
    }

    /** What is to be said of an object now; empty while nothing is known at all. */
    synchronized Optional<List<LimitState>> of(Target target) {
        if (readAt == null) {
            askedEarly.add(target);
            return Optional.empty();
        }
        var now = clock.instant();
        return Optional.of(
                holding.getOrDefault(target, Map.of()).values().stream()
                        .filter(state -> state.holds(now))
                        .toList());
    }

    /** Reads what is new, at each notification and about once a second; by one thread at a time. */
    public void refresh() {
        Set<Target> changed;
        try {
            changed = take(read());
            told = false;
        } catch (RegistryUnavailableException e) {
            if (!told) {
                LOG.warn("Exhausted and Alerting are not up to date: {}", e.getMessage());
                told = true;
            }
            return;
        }
        listeners.forEach(changed::forEach);
    }

    /** Not under the lock: reconcilers must not wait for it. */
    private Reading read() {
        var since = readAt;
        whole = since == null || !clock.instant().isBefore(wholeAt.plus(WHOLE));
        return since == null || whole
                ? source.holding()
                : source.changedSince(since.minus(OVERLAP));
    }

    private synchronized Set<Target> take(Reading reading) {
        var now = clock.instant();
        var changed = new HashSet<Target>();
        if (whole) {
            forgetAllBut(reading, changed);
            wholeAt = now;
        }
        if (readAt == null) {
            changed.addAll(askedEarly);
            askedEarly.clear();
        }
        readAt = reading.at();
        reading.states().forEach(state -> apply(state, now, changed));
        end(now, changed);
        return changed;
    }

    private void forgetAllBut(Reading reading, Set<Target> changed) {
        var there = new HashSet<Counter>();
        reading.states().forEach(state -> there.add(state.counter()));
        holding.forEach((target, states) -> {
            if (states.keySet().retainAll(there)) {
                changed.add(target);
            }
        });
    }

    private void apply(LimitState state, Instant now, Set<Target> changed) {
        var states = holding.computeIfAbsent(state.target(), t -> new HashMap<>());
        boolean news =
                state.holds(now)
                        ? !state.equals(states.put(state.counter(), state))
                        : states.remove(state.counter()) != null;
        if (news) {
            changed.add(state.target());
        }
    }

    /** Windows end without a word from billing. */
    private void end(Instant now, Set<Target> changed) {
        holding.forEach((target, states) -> {
            if (states.values().removeIf(state -> !state.holds(now))) {
                changed.add(target);
            }
        });
        holding.values().removeIf(Map::isEmpty);
    }
}
