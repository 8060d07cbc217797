package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.UpstreamModel;
import io.apihub.operator.upstream.PoolPlan.Candidate;
import io.apihub.policy.v1.Model;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The worst of what the Upstreams of a model say: a hold must cover whichever answers, so the
 * greatest figure counts and a promise counts only if all make it.
 */
final class ModelFigures {

    private static final int MILLIONTHS = 6;

    private ModelFigures() {}

    static Model.Builder worst(String name, List<Candidate> candidates) {
        List<UpstreamModel> all =
                candidates.stream()
                        .flatMap(c -> c.spec().models().stream())
                        .filter(model -> model.name().equals(name))
                        .toList();
        String upstreamName = all.getFirst().upstreamName();
        return Model.newBuilder()
                .setName(name)
                .setUpstreamName(upstreamName.equals(name) ? "" : upstreamName)
                .setContextTokens(greatest(all, UpstreamModel::contextTokens))
                .setMaxOutputTokens(greatest(all, UpstreamModel::maxOutputTokens))
                .setTokensPerMillionBytes(greatest(all, ModelFigures::tokensPerMillionBytes))
                .setImageTokens(greatest(all, UpstreamModel::imageTokens))
                .setFileTokens(greatest(all, UpstreamModel::fileTokens))
                .setInputOverheadTokens(greatest(all, UpstreamModel::inputOverheadTokens))
                .setEnforcesMaxTokens(
                        candidates.stream().allMatch(c -> c.spec().enforcesMaxTokens()))
                .setAlwaysSendsUsage(
                        candidates.stream().allMatch(c -> c.spec().alwaysSendsUsage()));
    }

    private static long greatest(List<UpstreamModel> all, ToLongFunction<UpstreamModel> figure) {
        return all.stream().mapToLong(figure).max().orElseThrow();
    }

    private static long tokensPerMillionBytes(UpstreamModel model) {
        return new BigDecimal(model.tokensPerByte())
                .movePointRight(MILLIONTHS)
                // Up: a hold that is a token too large is returned, one too small is overspent.
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }
}
