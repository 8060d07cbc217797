package io.apihub.operator.status;

import io.apihub.crd.v1alpha1.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The conditions of one object at one generation. A condition whose status does not change keeps
 * its transition time, so that an unchanged set equals the old one.
 */
public final class ConditionSet {

    private static final int MAX_MESSAGE = 8_192;

    private final long generation;
    private final List<Condition> current;
    private final Instant now;
    private final List<Condition> wanted = new ArrayList<>();

    public ConditionSet(long generation, List<Condition> current, Instant now) {
        this.generation = generation;
        this.current = List.copyOf(current);
        this.now = now;
    }

    /** Adds {@code Ready}, and {@code Stalled} while it is true. */
    public ConditionSet ready(Readiness readiness) {
        add(
                new Observation(
                        "Ready",
                        readiness.ready() ? Condition.TRUE : Condition.FALSE,
                        readiness.reason(),
                        readiness.message()));
        if (readiness.stalled()) {
            add(Observation.yes("Stalled", readiness.reason(), readiness.message()));
        }
        return this;
    }

    /** Adds a condition. */
    public ConditionSet add(Observation observation) {
        var since =
                find(current, observation.type())
                        .filter(old -> old.status().equals(observation.status()))
                        .map(Condition::lastTransitionTime)
                        .orElse(now);
        var message = observation.message();
        wanted.add(
                new Condition(
                        observation.type(),
                        observation.status(),
                        observation.reason(),
                        message.length() > MAX_MESSAGE
                                ? message.substring(0, MAX_MESSAGE)
                                : message,
                        since,
                        generation));
        return this;
    }

    /** Adds several. */
    public ConditionSet addAll(List<Observation> observations) {
        observations.forEach(this::add);
        return this;
    }

    /** Finds a condition by its type. */
    public static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
    }

    public List<Condition> toList() {
        return List.copyOf(wanted);
    }
}
