package io.apihub.operator.upstream;

import io.apihub.operator.upstream.GatewayAcks.Ack;
import io.apihub.operator.upstream.Programming.Lacking;
import io.apihub.policy.v1.Model;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether Upstreams have arrived everywhere: their pools at every Envoy and the rows of their
 * models at every ext-authz beside it. Takes the time. Not safe for use by several threads.
 */
final class Arrivals {

    private final Map<String, Journey> journeys = new HashMap<>();

    /** One round's view of the gateways and the registry. */
    record Round(
            Optional<List<Ack>> counting, ModelsInForce models, Set<String> planned, Instant now) {}

    /**
     * How far an Upstream is.
     *
     * @param ofPools what its pools lack
     * @param own its models as planned
     */
    Programming of(
            DeclaredUpstream upstream,
            Optional<Lacking> ofPools,
            Collection<Model> own,
            Round round) {
        Journey journey = journeys.get(upstream.name());
        if (journey == null || journey.generation != upstream.generation()) {
            journey = new Journey(upstream.generation(), round.now, Optional.empty());
            journeys.put(upstream.name(), journey);
        }
        Optional<? extends Lacking> lacking = ofPools.isPresent() ? ofPools : ofRows(own, round);
        return lacking.isPresent() ? lacking.get() : arrived(upstream.name(), journey, own, round);
    }

    private static Optional<? extends Lacking> ofRows(Collection<Model> own, Round round) {
        Optional<? extends Lacking> unwritten = round.models.lacking(own, round.planned);
        if (unwritten.isPresent()) {
            return unwritten;
        }
        long revision = round.models.revision(own);
        return GatewayAcks.lacking(
                counting(round).stream().filter(ack -> ack.revision() < revision).toList(),
                "revision " + revision);
    }

    private Programming arrived(String name, Journey journey, Collection<Model> own, Round round) {
        Duration after = journey.took.orElseGet(() -> Duration.between(journey.since, round.now));
        journeys.put(name, new Journey(journey.generation, journey.since, Optional.of(after)));
        return new Programming.Done(round.models.revision(own), counting(round).size(), after);
    }

    private static List<Ack> counting(Round round) {
        return round.counting.orElse(List.of());
    }

    /** An Upstream that takes no part, or is gone; its time begins when it takes part again. */
    void forget(String upstream) {
        journeys.remove(upstream);
    }

    /** Forgets all others. */
    void retain(Set<String> upstreams) {
        journeys.keySet().retainAll(upstreams);
    }

    private record Journey(long generation, Instant since, Optional<Duration> took) {}
}
