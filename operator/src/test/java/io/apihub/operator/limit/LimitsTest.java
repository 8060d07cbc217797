package io.apihub.operator.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.crd.v1alpha1.Amount;
import io.apihub.crd.v1alpha1.LimitSpec;
import io.apihub.crd.v1alpha1.LimitSpec.Metric;
import io.apihub.crd.v1alpha1.LimitSpec.Window;
import io.apihub.policy.v1.Limit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final Amount FIVE = new Amount.Count(5);

    @Test
    void everyMetricAndWindowReachesTheGateways() {
        var specs = new ArrayList<LimitSpec>();
        for (var metric : Metric.values()) {
            var amount = metric == Metric.COST ? new Amount.Money("5") : FIVE;
            if (metric == Metric.CONCURRENCY) {
                specs.add(spec(metric, null, amount));
                continue;
            }
            for (var window : Window.values()) {
                specs.add(spec(metric, window, amount));
            }
        }

        var limits = Limits.of(specs);

        assertThat(limits)
                .extracting(limit -> limit.getMetric() + " " + limit.getWindow())
                .doesNotHaveDuplicates()
                .hasSize(specs.size())
                .doesNotContain("METRIC_UNSPECIFIED WINDOW_UNSPECIFIED");
        for (int i = 0; i < specs.size(); i++) {
            assertThat(limits.get(i).getName()).isEqualTo(specs.get(i).name());
            assertThat(limits.get(i).getMetric().name())
                    .isEqualTo("METRIC_" + specs.get(i).metric());
            assertThat(limits.get(i).getWindow().name())
                    .isEqualTo("WINDOW_" + windowOf(specs.get(i)));
        }
    }

    private static String windowOf(LimitSpec spec) {
        return spec.window() == null ? "UNSPECIFIED" : spec.window().name();
    }

    @Test
    void aLimitKeepsItsAmountModelsAndAlertsInOrder() {
        var spec =
                new LimitSpec(
                        "daily",
                        Metric.COST,
                        Window.DAY,
                        new Amount.Money("50.000001"),
                        List.of("gpt-*"),
                        List.of(95, 80));

        assertThat(Limits.of(List.of(spec)))
                .containsExactly(
                        Limit.newBuilder()
                                .setName("daily")
                                .setMetric(Limit.Metric.METRIC_COST)
                                .setWindow(Limit.Window.WINDOW_DAY)
                                .setAmount(50_000_001)
                                .addModels("gpt-*")
                                .addAlertPercent(80)
                                .addAlertPercent(95)
                                .build());
    }

    @Test
    void anAmountOfZeroSaysWhatToDoInstead() {
        for (var zero :
                List.of(
                        spec(Metric.COST, Window.DAY, new Amount.Money("0.00")),
                        spec(Metric.REQUESTS, Window.HOUR, new Amount.Count(0)),
                        spec(Metric.CONCURRENCY, null, new Amount.Count(-1)))) {
            assertThatThrownBy(() -> Limits.of(List.of(zero)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit '" + zero.name() + "'")
                    .hasMessageContaining("suspend the Tenant or disable the ApiKeys");
        }
    }

    @Test
    void anAmountOfTheWrongKindIsNamed() {
        assertThatThrownBy(() -> Limits.of(List.of(spec(Metric.COST, Window.DAY, FIVE))))
                .hasMessage(
                        "limit 'COST-DAY': amount must be a decimal in quotes, such as \"50.00\"");
        assertThatThrownBy(() ->
                        Limits.of(
                                List.of(spec(Metric.REQUESTS, Window.DAY, new Amount.Money("5")))))
                .hasMessage("limit 'REQUESTS-DAY': amount must be a whole number without quotes");
        assertThatThrownBy(() ->
                        Limits.of(
                                List.of(
                                        spec(
                                                Metric.COST,
                                                Window.DAY,
                                                new Amount.Money("0.0000001")))))
                .hasMessageContaining("limit 'COST-DAY': amount is not an amount");
    }

    private static LimitSpec spec(Metric metric, @Nullable Window window, Amount amount) {
        return new LimitSpec(
                metric + "-" + window, metric, window, amount, List.of("gpt-*"), List.of());
    }
}
