package io.apihub.extauthz.policy;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Metric;
import io.apihub.extauthz.credit.Subject;
import io.apihub.extauthz.quota.KeySet;
import io.apihub.extauthz.quota.KeyUid;
import io.apihub.extauthz.quota.Limit;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Tenant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns the feed's limits into values. What a newer operator means and this version does not know
 * becomes a limit that lets nothing through, never none.
 */
final class LimitConverter {

    private LimitConverter() {}

    /** A limit and how its quota is to be taken. */
    private record Scope(
            ByteString tenant, String namespace, String quota, KeySet keys, boolean perKey) {}

    /** All limits that are enforced; the tenant's own first. */
    static List<Limit> enforced(Tenant tenant, List<Quota> quotas) {
        var all = new ArrayList<Limit>();
        var own = new Scope(tenant.getTenantId(), tenant.getNamespace(), "", KeySet.ALL, false);
        tenant.getLimitsList().forEach(limit -> all.add(limit(own, limit, true)));
        quotas.stream()
                .filter(quota -> quota.getMode() != Quota.Mode.MODE_SHADOW)
                .sorted(Comparator.comparing(Quota::getName))
                .forEach(quota -> {
                    boolean understood = quota.getPer() != Quota.Per.UNRECOGNIZED;
                    quota.getLimitsList()
                            .forEach(limit -> all.add(limit(scope(quota), limit, understood)));
                });
        return all;
    }

    private static Scope scope(Quota quota) {
        return new Scope(
                quota.getTenantId(),
                quota.getNamespace(),
                quota.getName(),
                keys(quota),
                quota.getPer() == Quota.Per.PER_KEY);
    }

    private static KeySet keys(Quota quota) {
        return quota.getAllKeys()
                ? KeySet.ALL
                : KeySet.of(
                        quota.getKeyUidsList().stream()
                                .map(uid ->
                                        new KeyUid(
                                                PolicyConverter.high(uid),
                                                PolicyConverter.low(uid)))
                                .collect(Collectors.toSet()));
    }

    private static Limit limit(Scope scope, io.apihub.policy.v1.Limit limit, boolean understood) {
        return new Limit(
                new Limit.Name(scope.tenant(), scope.namespace(), scope.quota(), limit.getName()),
                understood ? counts(limit) : null,
                limit.getAmount(),
                PolicyConverter.patterns(limit.getModelsList()),
                scope.keys(),
                scope.perKey());
    }

    private static Limit.@Nullable Counts counts(io.apihub.policy.v1.Limit limit) {
        var metric = metric(limit);
        var kind = metric == Metric.CONCURRENCY ? Subject.Kind.SLOTS : kind(limit);
        return metric == null || kind == null ? null : new Limit.Counts(metric, kind);
    }

    private static @Nullable Metric metric(io.apihub.policy.v1.Limit limit) {
        return switch (limit.getMetric()) {
            case METRIC_REQUESTS -> Metric.REQUESTS;
            case METRIC_INPUT_TOKENS -> Metric.INPUT_TOKENS;
            case METRIC_OUTPUT_TOKENS -> Metric.OUTPUT_TOKENS;
            case METRIC_TOTAL_TOKENS -> Metric.TOTAL_TOKENS;
            case METRIC_COST -> Metric.COST;
            case METRIC_CONCURRENCY -> Metric.CONCURRENCY;
            case METRIC_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }

    private static Subject.@Nullable Kind kind(io.apihub.policy.v1.Limit limit) {
        return switch (limit.getWindow()) {
            case WINDOW_MINUTE -> Subject.Kind.RATE;
            case WINDOW_HOUR, WINDOW_DAY, WINDOW_WEEK, WINDOW_MONTH, WINDOW_TOTAL ->
                    Subject.Kind.BUDGET;
            case WINDOW_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }
}
