package io.apihub.operator.upstream;

import io.apihub.operator.upstream.GatewayAcks.Ack;
import io.apihub.operator.upstream.GatewayAcks.Rejection;
import io.apihub.operator.upstream.Programming.Lacking;
import io.apihub.operator.xds.Pool;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Sees to it that no model ever names a pool that a gateway lacks: a pool goes to Envoy first, a
 * model names it when the gateways have it, and it leaves Envoy last. Not safe for use by several
 * threads.
 */
final class PoolStages {

    /** How long a pool waits for gateways that do not answer. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Publications publications = new Publications();
    private final Map<String, PoolStage> stages = new TreeMap<>();
    private Map<String, Model> models = Map.of();

    /** Takes what is planned and what the gateways have, and moves every pool as far as it may. */
    void advance(PoolPlan plan, Optional<List<Ack>> acks, Duration drain, Instant now) {
        plan.pools()
                .forEach((name, pool) ->
                        stages.computeIfAbsent(name, n -> new PoolStage(pool, now))
                                .want(pool, now));
        acks.ifPresent(this::observe);
        stages.values().forEach(stage -> stage.waited(now, PATIENCE));
        models = switched(plan.models());
        retire(plan.pools().keySet(), drain, now);
    }

    private void observe(List<Ack> acks) {
        stages.forEach((name, stage) -> {
            acks.stream()
                    .flatMap(ack -> ack.rejection().stream())
                    .filter(r -> names(r, name, stage))
                    .findFirst()
                    .ifPresent(stage::reject);
            if (stage.rejected().isEmpty()
                    && stage.number() > 0
                    && acks.stream().allMatch(a -> publications.has(a, stage.number()))) {
                stage.acked();
            }
        });
    }

    private boolean names(Rejection rejection, String pool, PoolStage stage) {
        return stage.number() > 0
                && publications.numberOf(rejection.version()) >= stage.number()
                && rejection.words().contains(pool);
    }

    /** A model goes on naming its old pools until all of its new ones serve. */
    private Map<String, Model> switched(Map<String, Model> planned) {
        Map<String, Model> next = new TreeMap<>();
        planned.forEach((name, model) -> {
            Model chosen = serves(model) ? model : models.get(name);
            if (chosen != null) {
                next.put(name, chosen);
            }
        });
        return next;
    }

    private boolean serves(Model model) {
        return model.getRoutesList().stream()
                .map(route -> stages.get(route.getPool()))
                .allMatch(stage -> stage != null && stage.serving());
    }

    private void retire(Set<String> planned, Duration drain, Instant now) {
        Set<String> named =
                models.values().stream()
                        .flatMap(model -> model.getRoutesList().stream())
                        .map(Route::getPool)
                        .collect(Collectors.toSet());
        stages.forEach((name, stage) -> {
            if (!planned.contains(name) && !named.contains(name)) {
                stage.drain(now);
            }
        });
        stages.values().removeIf(stage -> stage.drained(now, drain));
    }

    /** What Envoy is to have now. */
    List<Pool> offered() {
        return stages.values().stream().flatMap(stage -> stage.offered().stream()).toList();
    }

    /** The result of {@link #offered} went out as that version. */
    void published(String clustersVersion) {
        publications.enter(clustersVersion);
        stages.values().stream()
                .filter(stage -> stage.rejected().isEmpty())
                .forEach(stage -> stage.published(publications.last()));
    }

    /** What clients may ask for now; names serving pools only. */
    Map<String, Model> models() {
        return models;
    }

    /** What an Upstream's pools lack; empty if every gateway has them. */
    Optional<Lacking> lacking(List<String> pools, Optional<List<Ack>> acks) {
        Optional<String> words =
                pools.stream()
                        .flatMap(p -> stage(p).flatMap(PoolStage::rejected).stream())
                        .findFirst();
        if (words.isPresent()) {
            return words.map(Programming.Rejected::new);
        }
        if (acks.isEmpty()) {
            return Optional.of(new Programming.Pending("it is not known what the gateways have"));
        }
        if (acks.get().isEmpty()) {
            return Optional.of(new Programming.NoGateways());
        }
        Optional<String> elsewhere =
                acks.get().stream().flatMap(ack -> ack.elsewhere().stream()).findFirst();
        if (elsewhere.isPresent()) {
            return elsewhere.map(Programming.Rejected::new);
        }
        List<Ack> behind = acks.get().stream().filter(ack -> lacks(ack, pools)).toList();
        Optional<String> refusal =
                behind.stream()
                        .flatMap(ack -> ack.rejection().stream())
                        .map(Rejection::words)
                        .findFirst();
        if (refusal.isPresent()) {
            return refusal.map(Programming.Rejected::new);
        }
        return GatewayAcks.lacking(behind, "its pools");
    }

    private boolean lacks(Ack ack, List<String> pools) {
        return pools.stream()
                .map(this::stage)
                .anyMatch(stage -> stage.isEmpty() || !publications.has(ack, stage.get().number()));
    }

    private Optional<PoolStage> stage(String pool) {
        return Optional.ofNullable(stages.get(pool));
    }
}
