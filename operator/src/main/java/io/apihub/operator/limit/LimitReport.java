package io.apihub.operator.limit;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.LimitSpec;
import io.apihub.operator.registry.LimitState;
import io.apihub.operator.registry.LimitState.Target;
import io.apihub.operator.status.ConditionSet;
import io.apihub.operator.status.Events;
import io.apihub.operator.status.Observation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says of an object's limits which are used up and which are near it: as conditions, and where they
 * change as Events and metrics. Never with counts, so that it changes on transitions only.
 */
public final class LimitReport {

    static final String EXHAUSTED = "Exhausted";
    static final String ALERTING = "Alerting";

    /** A Quota may have a counter for each of its keys; the others are in REST. */
    private static final int NAMED = 5;

    private static final String SEPARATOR = "; ";
    private static final String OTHERS = "and others";

    private final LimitStates states;
    private final LimitMetrics metrics;
    private final Events events;

    public LimitReport(LimitStates states, LimitMetrics metrics, Events events) {
        this.states = states;
        this.metrics = metrics;
        this.events = events;
    }

    /**
     * The conditions of an object that is in force.
     *
     * @param current the object's conditions so far; they are kept while billing can't be heard
     */
    public List<Observation> of(HasMetadata object, Scope scope, List<Condition> current) {
        var known = states.of(scope.target());
        if (known.isEmpty()) {
            return Stream.of(EXHAUSTED, ALERTING)
                    .flatMap(type -> ConditionSet.find(current, type).stream())
                    .map(LimitReport::again)
                    .toList();
        }
        var relevant =
                known.get().stream()
                        .filter(scope::covers)
                        .sorted(
                                Comparator.comparing(LimitState::limit)
                                        .thenComparing(LimitState::subject))
                        .toList();
        metrics.set(scope.target(), relevant);
        var observations = List.of(exhausted(relevant, scope.shadow()), alerting(relevant));
        observations.forEach(observation -> announce(object, observation, current));
        return observations;
    }

    /** Ends the metrics of an object that is gone or not in force. */
    public void forget(Target target) {
        metrics.set(target, List.of());
    }

    private static Observation again(Condition condition) {
        return new Observation(
                condition.type(), condition.status(), condition.reason(), condition.message());
    }

    private static Observation exhausted(List<LimitState> states, boolean shadow) {
        var parts = parts(states.stream().filter(LimitState::exhausted), LimitReport::counter);
        if (parts.isEmpty()) {
            return Observation.no(EXHAUSTED, "WithinLimits", "");
        }
        return shadow
                ? Observation.yes(EXHAUSTED, "WouldRefuse", parts)
                : Observation.yes(EXHAUSTED, "LimitReached", parts);
    }

    private static Observation alerting(List<LimitState> states) {
        var parts =
                parts(
                        states.stream().filter(state -> state.alertingPercent() > 0),
                        state -> counter(state) + " has reached " + state.alertingPercent() + " %");
        return parts.isEmpty()
                ? Observation.no(ALERTING, "BelowAlertPercent", "")
                : Observation.yes(ALERTING, "AlertPercentReached", parts);
    }

    private static String parts(Stream<LimitState> states, Function<LimitState, String> words) {
        var all = states.map(words).toList();
        var named = all.stream().limit(NAMED).collect(Collectors.joining(SEPARATOR));
        return all.size() > NAMED ? named + SEPARATOR + OTHERS : named;
    }

    private static String counter(LimitState state) {
        var subject = state.subject().isEmpty() ? "" : " of ApiKey " + state.subject();
        var until =
                state.resetsAt() == null
                        ? ""
                        : " until " + state.resetsAt().truncatedTo(ChronoUnit.SECONDS);
        return "limit '" + state.limit() + "'" + subject + until;
    }

    /** Only what was not said before, so that a restarted operator announces nothing twice. */
    private void announce(HasMetadata object, Observation now, List<Condition> current) {
        var before = ConditionSet.find(current, now.type());
        boolean was = before.filter(old -> old.status().equals(Condition.TRUE)).isPresent();
        if (now.status().equals(Condition.TRUE)) {
            var known = was ? said(before.orElseThrow().message()) : Set.<String>of();
            var news = said(now.message()).stream().filter(part -> !known.contains(part)).toList();
            if (!news.isEmpty()) {
                events.warn(object, now.reason(), String.join(SEPARATOR, news));
            }
        } else if (was) {
            events.tell(object, now.reason(), "no longer " + now.type());
        }
    }

    private static Set<String> said(String message) {
        return Arrays.stream(message.split(SEPARATOR, -1))
                .filter(part -> !part.equals(OTHERS))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Which counters an object has.
     *
     * @param perKey whether each key has its own
     * @param shadow whether the limits only count
     */
    public record Scope(Target target, List<LimitSpec> limits, boolean perKey, boolean shadow) {

        public Scope {
            limits = List.copyOf(limits);
        }

        /** Counters outlive their limits; those of another declaration are not meant. */
        boolean covers(LimitState state) {
            return perKey != state.subject().isEmpty()
                    && limits.stream().anyMatch(limit -> limit.name().equals(state.limit()));
        }
    }
}
