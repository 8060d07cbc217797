package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.crd.v1alpha1.UpstreamModel;
import io.apihub.operator.upstream.MemberResolver.Resolution;
import io.apihub.operator.xds.ContentHash;
import io.apihub.operator.xds.Pool;
import io.apihub.operator.xds.PoolMember;
import io.apihub.operator.xds.Topology;
import io.apihub.policy.v1.Model;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the declared Upstreams make: a pure function, so that all replicas agree.
 *
 * @param pools by name; each is a distinct set of Upstreams that share a model and a protocol
 * @param models by name; their routes name pools of this plan
 * @param refused by Upstream; these take no part
 * @param poolsOf by Upstream; the pools it is in
 * @param idleTimeout the greatest that any Upstream asks for
 */
record PoolPlan(
        Map<String, Pool> pools,
        Map<String, Model> models,
        Map<String, Refusal> refused,
        Map<String, List<String>> poolsOf,
        Duration idleTimeout) {

    private static final int NAME_DIGITS = 12;

    static PoolPlan of(Collection<DeclaredUpstream> declared, MemberResolver resolver) {
        Map<String, Refusal> refused = new TreeMap<>();
        List<Candidate> accepted = new ArrayList<>();
        declared.stream()
                .sorted(DeclaredUpstream.BY_AGE)
                .forEach(upstream -> accept(upstream, resolver, accepted, refused));
        return new Assembly(accepted).plan(refused);
    }

    /** An Upstream that resolved. */
    record Candidate(DeclaredUpstream declared, PoolMember member, Pool.Settings settings) {

        String name() {
            return declared.name();
        }

        Upstream.Spec spec() {
            return declared.spec();
        }
    }

    private static void accept(
            DeclaredUpstream upstream,
            MemberResolver resolver,
            List<Candidate> accepted,
            Map<String, Refusal> refused) {
        switch (resolver.resolve(upstream)) {
            case Resolution.Refused(Refusal refusal) -> refused.put(upstream.name(), refusal);
            case Resolution.Resolved(PoolMember member) -> {
                Candidate candidate = new Candidate(upstream, member, settings(upstream.spec()));
                Optional<Refusal> conflict = Conflicts.of(candidate, accepted);
                conflict.ifPresentOrElse(
                        refusal -> refused.put(upstream.name(), refusal),
                        () -> accepted.add(candidate));
            }
        }
    }

    private static Pool.Settings settings(Upstream.Spec spec) {
        return new Pool.Settings(
                spec.timeouts().connect().toDuration(),
                Optional.ofNullable(spec.credential()).map(Upstream.Credential::header),
                Optional.ofNullable(spec.healthCheck())
                        .map(h -> new Pool.Probe(h.path(), h.interval().toDuration())));
    }

    /** Pools and models of those that were accepted. */
    private static final class Assembly {

        private final List<Candidate> accepted;
        private final Map<String, Pool> pools = new TreeMap<>();
        private final Map<String, Model> models = new TreeMap<>();
        private final Map<String, List<String>> poolsOf = new TreeMap<>();

        Assembly(List<Candidate> accepted) {
            this.accepted = accepted;
        }

        PoolPlan plan(Map<String, Refusal> refused) {
            serving().forEach(this::model);
            Duration idle =
                    accepted.stream()
                            .map(c -> c.spec().timeouts().idle().toDuration())
                            .reduce(Topology.DEFAULT_IDLE, (a, b) -> a.compareTo(b) > 0 ? a : b);
            return new PoolPlan(pools, models, refused, poolsOf, idle);
        }

        private Map<String, List<Candidate>> serving() {
            Map<String, List<Candidate>> serving = new TreeMap<>();
            for (Candidate candidate : accepted) {
                for (UpstreamModel model : candidate.spec().models()) {
                    serving.computeIfAbsent(model.name(), m -> new ArrayList<>()).add(candidate);
                }
            }
            return serving;
        }

        private void model(String name, List<Candidate> candidates) {
            Model.Builder model = ModelFigures.worst(name, candidates);
            for (Upstream.Protocol protocol : Upstream.Protocol.values()) {
                List<Candidate> members =
                        candidates.stream()
                                .filter(c -> c.spec().protocols().contains(protocol))
                                .toList();
                if (!members.isEmpty()) {
                    model.addRoutesBuilder()
                            .setProtocol(ProtocolNames.of(protocol))
                            .setPool(pool(members).name());
                }
            }
            models.put(name, model.build());
        }

        private Pool pool(List<Candidate> members) {
            List<String> names = members.stream().map(Candidate::name).sorted().toList();
            String name =
                    "pool/"
                            + ContentHash.of(
                                            String.join("\n", names)
                                                    .getBytes(StandardCharsets.UTF_8))
                                    .substring(0, NAME_DIGITS);
            return pools.computeIfAbsent(
                    name,
                    n -> {
                        names.forEach(upstream ->
                                poolsOf.computeIfAbsent(upstream, u -> new ArrayList<>()).add(n));
                        return new Pool(
                                n,
                                members.getFirst().settings(),
                                members.stream().map(Candidate::member).toList());
                    });
        }
    }

    /** The models that an Upstream serves, as they are planned over all Upstreams. */
    List<Model> modelsOf(DeclaredUpstream upstream) {
        return upstream.spec().models().stream()
                .flatMap(model -> Optional.ofNullable(models.get(model.name())).stream())
                .toList();
    }

    /** The models that an Upstream serves, by name. */
    static Map<String, UpstreamModel> modelsOf(Candidate candidate) {
        Map<String, UpstreamModel> models = new LinkedHashMap<>();
        candidate.spec().models().forEach(model -> models.put(model.name(), model));
        return models;
    }
}
