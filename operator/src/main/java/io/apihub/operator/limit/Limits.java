package io.apihub.operator.limit;

import io.apihub.crd.v1alpha1.Amount;
import io.apihub.crd.v1alpha1.LimitSpec;
import io.apihub.crd.v1alpha1.LimitSpec.Metric;
import io.apihub.crd.v1alpha1.LimitSpec.Window;
import io.apihub.policy.v1.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Sorts limits into those that gateways enforce and those that they do not: nothing may look
 * enforced and not be.
 *
 * @param enforced what gateways get
 * @param notEnforced what is said of the others, one phrase each
 */
public record Limits(List<Limit> enforced, List<String> notEnforced) {

    public Limits {
        enforced = List.copyOf(enforced);
        notEnforced = List.copyOf(notEnforced);
    }

    /** Sorts the limits of an object. */
    public static Limits of(List<LimitSpec> specs) {
        var enforced = new ArrayList<Limit>();
        var notEnforced = new ArrayList<String>();
        for (var spec : specs) {
            if (!(spec.amount() instanceof Amount.Count(long count)) || !isEnforced(spec)) {
                notEnforced.add("limit '%s' (%s)".formatted(spec.name(), shape(spec)));
                continue;
            }
            enforced.add(limit(spec, count));
            if (!spec.alertPercent().isEmpty()) {
                notEnforced.add("alertPercent of limit '%s'".formatted(spec.name()));
            }
        }
        return new Limits(enforced, notEnforced);
    }

    private static boolean isEnforced(LimitSpec spec) {
        return switch (spec.metric()) {
            case REQUESTS -> spec.window() == Window.MINUTE;
            case CONCURRENCY -> spec.window() == null;
            case INPUT_TOKENS, OUTPUT_TOKENS, TOTAL_TOKENS, COST -> false;
        };
    }

    private static Limit limit(LimitSpec spec, long count) {
        boolean requests = spec.metric() == Metric.REQUESTS;
        return Limit.newBuilder()
                .setName(spec.name())
                .setMetric(
                        requests ? Limit.Metric.METRIC_REQUESTS : Limit.Metric.METRIC_CONCURRENCY)
                .setWindow(requests ? Limit.Window.WINDOW_MINUTE : Limit.Window.WINDOW_UNSPECIFIED)
                .setAmount(count)
                .addAllModels(spec.models())
                .build();
    }

    private static String shape(LimitSpec spec) {
        var metric = camel(spec.metric().name());
        return spec.window() == null ? metric : metric + " per " + camel(spec.window().name());
    }

    private static String camel(String constant) {
        var words = new StringBuilder();
        for (var word : constant.split("_", -1)) {
            words.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return words.toString();
    }
}
