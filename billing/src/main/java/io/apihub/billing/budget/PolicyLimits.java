package io.apihub.billing.budget;

import io.apihub.billing.grpc.WireIds;
import io.apihub.model.price.ModelPattern;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Tenant;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads limits from the policy that gateways get too. */
final class PolicyLimits {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyLimits.class);

    private PolicyLimits() {}

    /** A tenant's own limits, by name. */
    static Map<String, Limit> of(Tenant tenant, long revision) {
        return limits(tenant.getLimitsList(), new Terms(ZoneOffset.UTC, false, true, revision));
    }

    /** A quota's limits, by name. */
    static Map<String, Limit> of(Quota quota, long revision) {
        return limits(
                quota.getLimitsList(),
                new Terms(
                        zone(quota),
                        quota.getPer() == Quota.Per.PER_KEY,
                        quota.getMode() != Quota.Mode.MODE_SHADOW,
                        revision));
    }

    /** What of a quota is in Shadow. Slots can't be counted afterwards, as the operator says. */
    static ShadowLimits.Of shadows(Quota quota, LimitHome home, long revision, boolean deleted) {
        if (deleted || quota.getMode() != Quota.Mode.MODE_SHADOW) {
            return new ShadowLimits.Of(home, List.of());
        }
        var keys = new HashSet<UUID>();
        quota.getKeyUidsList().forEach(uid -> keys.add(WireIds.uuid("key_uid", uid)));
        var models = new HashMap<String, List<ModelPattern>>();
        quota.getLimitsList()
                .forEach(limit ->
                        models.put(
                                limit.getName(),
                                limit.getModelsList().stream().map(ModelPattern::new).toList()));
        var shadows = new ArrayList<ShadowLimit>();
        of(quota, revision)
                .forEach((name, limit) -> {
                    if (limit.metric() != Metric.CONCURRENCY) {
                        shadows.add(
                                new ShadowLimit(
                                        home.limit(name),
                                        limit,
                                        quota.getAllKeys(),
                                        keys,
                                        models.getOrDefault(name, List.of())));
                    }
                });
        return new ShadowLimits.Of(home, shadows);
    }

    private record Terms(ZoneId zone, boolean perKey, boolean enforced, long revision) {}

    /** A zone that this program does not know counts as UTC: the limit holds all the same. */
    private static ZoneId zone(Quota quota) {
        try {
            return quota.getTimeZone().isEmpty() ? ZoneOffset.UTC : ZoneId.of(quota.getTimeZone());
        } catch (DateTimeException e) {
            LOG.error(
                    "quota {}/{} counts in UTC: {}",
                    quota.getNamespace(),
                    quota.getName(),
                    e.getMessage());
            return ZoneOffset.UTC;
        }
    }

    private static Map<String, Limit> limits(List<io.apihub.policy.v1.Limit> all, Terms terms) {
        var limits = new HashMap<String, Limit>();
        for (var limit : all) {
            var metric = metric(limit.getMetric());
            if (metric != null) {
                limits.put(
                        limit.getName(),
                        new Limit(
                                metric,
                                window(limit.getWindow()),
                                Math.max(0, limit.getAmount()),
                                terms.zone(),
                                terms.perKey(),
                                terms.enforced(),
                                limit.getAlertPercentList(),
                                terms.revision()));
            }
        }
        return limits;
    }

    private static @Nullable Metric metric(io.apihub.policy.v1.Limit.Metric metric) {
        return switch (metric) {
            case METRIC_REQUESTS -> Metric.REQUESTS;
            case METRIC_INPUT_TOKENS -> Metric.INPUT_TOKENS;
            case METRIC_OUTPUT_TOKENS -> Metric.OUTPUT_TOKENS;
            case METRIC_TOTAL_TOKENS -> Metric.TOTAL_TOKENS;
            case METRIC_COST -> Metric.COST;
            case METRIC_CONCURRENCY -> Metric.CONCURRENCY;
            case METRIC_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }

    private static Window window(io.apihub.policy.v1.Limit.Window window) {
        return switch (window) {
            case WINDOW_MINUTE -> Window.MINUTE;
            case WINDOW_HOUR -> Window.HOUR;
            case WINDOW_DAY -> Window.DAY;
            case WINDOW_WEEK -> Window.WEEK;
            case WINDOW_MONTH -> Window.MONTH;
            case WINDOW_TOTAL -> Window.TOTAL;
            case WINDOW_UNSPECIFIED, UNRECOGNIZED -> Window.NONE;
        };
    }
}
