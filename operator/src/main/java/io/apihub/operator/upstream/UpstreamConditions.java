package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.Upstream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What status says about an Upstream. */
final class UpstreamConditions {

    private static final String READY = "Ready";
    private static final String STALLED = "Stalled";
    private static final String PROGRAMMED = "Programmed";
    private static final String HEALTHY = "Healthy";

    private final Upstream.@Nullable Status before;
    private final long generation;
    private final Instant now;

    UpstreamConditions(Upstream.@Nullable Status before, long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = now;
    }

    Upstream.Status of(UpstreamView view) {
        Optional<Refusal> refusal = view.refusal();
        return new Upstream.Status(
                generation,
                List.of(
                        refusal.map(r ->
                                        condition(
                                                READY,
                                                Condition.FALSE,
                                                r.reason().text(),
                                                r.message()))
                                .orElseGet(() ->
                                        condition(
                                                READY,
                                                Condition.TRUE,
                                                "Accepted",
                                                "takes part in the pools of its models")),
                        refusal.map(r ->
                                        condition(
                                                STALLED,
                                                Condition.TRUE,
                                                r.reason().text(),
                                                r.message()))
                                .orElseGet(
                                        () -> condition(STALLED, Condition.FALSE, "Accepted", "")),
                        refusal.map(r ->
                                        condition(
                                                PROGRAMMED,
                                                Condition.FALSE,
                                                "NotReady",
                                                "no gateway gets it: " + r.message()))
                                .orElseGet(() -> programmed(view.programming())),
                        condition(HEALTHY, Condition.UNKNOWN, "NotObserved", "")));
    }

    private Condition programmed(Programming programming) {
        return switch (programming) {
            case Programming.Rejected(String words) ->
                    condition(PROGRAMMED, Condition.FALSE, "Rejected", words);
            case Programming.Done() ->
                    condition(PROGRAMMED, Condition.TRUE, "Acked", "every gateway has it");
            case Programming.NoGateways() ->
                    latched(Condition.UNKNOWN, "NoGateways", "no gateway counts");
            case Programming.Pending(List<String> gateways) ->
                    latched(
                            Condition.FALSE,
                            "Pending",
                            gateways.isEmpty()
                                    ? "it is not known what the gateways have"
                                    : "waits for " + String.join(", ", gateways));
        };
    }

    /** Once every gateway had a generation, one that comes later gets it before it serves. */
    private Condition latched(String status, String reason, String message) {
        return previous(PROGRAMMED)
                .filter(c -> c.status().equals(Condition.TRUE))
                .filter(c -> Objects.equals(c.observedGeneration(), generation))
                .orElseGet(() -> condition(PROGRAMMED, status, reason, message));
    }

    private Condition condition(String type, String status, String reason, String message) {
        Instant since =
                previous(type)
                        .filter(c -> c.status().equals(status))
                        .map(Condition::lastTransitionTime)
                        .orElse(now);
        return new Condition(type, status, reason, message, since, generation);
    }

    private Optional<Condition> previous(String type) {
        return before == null
                ? Optional.empty()
                : before.conditions().stream().filter(c -> c.type().equals(type)).findFirst();
    }
}
