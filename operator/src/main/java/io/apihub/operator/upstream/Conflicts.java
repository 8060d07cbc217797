package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.crd.v1alpha1.UpstreamModel;
import io.apihub.operator.upstream.PoolPlan.Candidate;
import io.apihub.operator.upstream.Refusal.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where an Upstream disagrees with one that was there before it. */
final class Conflicts {

    private Conflicts() {}

    static Optional<Refusal> of(Candidate later, List<Candidate> earlier) {
        Map<String, UpstreamModel> models = PoolPlan.modelsOf(later);
        return earlier.stream().flatMap(one -> of(later, models, one).stream()).findFirst();
    }

    private static Optional<Refusal> of(
            Candidate later, Map<String, UpstreamModel> models, Candidate earlier) {
        for (UpstreamModel theirs : earlier.spec().models()) {
            UpstreamModel ours = models.get(theirs.name());
            if (ours == null) {
                continue;
            }
            if (!ours.upstreamName().equals(theirs.upstreamName())) {
                return Optional.of(
                        new Refusal(
                                Reason.MODEL_NAME_CONFLICT,
                                "model %s is called %s here and %s in Upstream %s; all that serve a"
                                                .formatted(
                                                        ours.name(),
                                                        ours.upstreamName(),
                                                        theirs.upstreamName(),
                                                        earlier.name())
                                        + " model must agree on its upstreamName"));
            }
            if (shareProtocol(later, earlier) && !later.settings().equals(earlier.settings())) {
                return Optional.of(
                        new Refusal(
                                Reason.POOL_CONFLICT,
                                "serves model %s together with Upstream %s and must have the same"
                                                .formatted(ours.name(), earlier.name())
                                        + " timeouts.connect, healthCheck and credential.header"));
            }
        }
        return Optional.empty();
    }

    private static boolean shareProtocol(Candidate a, Candidate b) {
        List<Upstream.Protocol> theirs = b.spec().protocols();
        return a.spec().protocols().stream().anyMatch(theirs::contains);
    }
}
