package io.apihub.operator.limit;

import io.apihub.crd.v1alpha1.Amount;
import io.apihub.crd.v1alpha1.LimitSpec;
import io.apihub.model.money.Credits;
import io.apihub.policy.v1.Limit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Limits as gateways and billing read them. */
public final class Limits {

    private Limits() {}

    /**
     * Converts all limits of an object.
     *
     * @throws IllegalArgumentException if an amount is none of its metric's, with a message for the
     *     user
     */
    public static List<Limit> of(List<LimitSpec> specs) {
        return specs.stream().map(Limits::limit).toList();
    }

    private static Limit limit(LimitSpec spec) {
        return Limit.newBuilder()
                .setName(spec.name())
                .setMetric(metric(spec.metric()))
                .setWindow(window(spec.window()))
                .setAmount(amount(spec))
                .addAllModels(spec.models())
                .addAllAlertPercent(spec.alertPercent().stream().sorted().distinct().toList())
                .build();
    }

    private static Limit.Metric metric(LimitSpec.Metric metric) {
        return switch (metric) {
            case REQUESTS -> Limit.Metric.METRIC_REQUESTS;
            case INPUT_TOKENS -> Limit.Metric.METRIC_INPUT_TOKENS;
            case OUTPUT_TOKENS -> Limit.Metric.METRIC_OUTPUT_TOKENS;
            case TOTAL_TOKENS -> Limit.Metric.METRIC_TOTAL_TOKENS;
            case COST -> Limit.Metric.METRIC_COST;
            case CONCURRENCY -> Limit.Metric.METRIC_CONCURRENCY;
        };
    }

    private static Limit.Window window(LimitSpec.@Nullable Window window) {
        return switch (window) {
            case null -> Limit.Window.WINDOW_UNSPECIFIED;
            case MINUTE -> Limit.Window.WINDOW_MINUTE;
            case HOUR -> Limit.Window.WINDOW_HOUR;
            case DAY -> Limit.Window.WINDOW_DAY;
            case WEEK -> Limit.Window.WINDOW_WEEK;
            case MONTH -> Limit.Window.WINDOW_MONTH;
            case TOTAL -> Limit.Window.WINDOW_TOTAL;
        };
    }

    private static long amount(LimitSpec spec) {
        long amount = read(spec);
        if (amount <= 0) {
            throw new IllegalArgumentException(
                    "limit '%s': amount must be above zero; to let nothing through, suspend the Tenant or disable the ApiKeys"
                            .formatted(spec.name()));
        }
        return amount;
    }

    private static long read(LimitSpec spec) {
        boolean money = spec.metric() == LimitSpec.Metric.COST;
        return switch (spec.amount()) {
            case Amount.Money(String decimal) when money -> micros(spec.name(), decimal);
            case Amount.Count(long count) when !money -> count;
            case Amount.Money _, Amount.Count _ ->
                    throw new IllegalArgumentException(
                            "limit '%s': amount must be %s"
                                    .formatted(
                                            spec.name(),
                                            money
                                                    ? "a decimal in quotes, such as \"50.00\""
                                                    : "a whole number without quotes"));
        };
    }

    private static long micros(String limit, String decimal) {
        try {
            return Credits.parse(decimal).micros();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "limit '%s': amount is %s".formatted(limit, e.getMessage()), e);
        }
    }
}
