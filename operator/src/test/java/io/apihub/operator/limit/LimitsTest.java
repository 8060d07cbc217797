package io.apihub.operator.limit;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void onlyRequestsAMinuteAndConcurrencyAreEnforced() {
        var specs = new ArrayList<LimitSpec>();
        for (var metric : Metric.values()) {
            if (metric == Metric.CONCURRENCY) {
                specs.add(spec(metric, null, List.of()));
                continue;
            }
            for (var window : Window.values()) {
                specs.add(spec(metric, window, List.of()));
            }
        }

        var limits = Limits.of(specs);

        assertThat(limits.enforced())
                .extracting(Limit::getName)
                .containsExactly("REQUESTS-MINUTE", "CONCURRENCY-null");
        assertThat(limits.notEnforced()).hasSize(specs.size() - 2);
    }

    @Test
    void whatIsNotEnforcedIsNamed() {
        var limits = Limits.of(List.of(spec(Metric.TOTAL_TOKENS, Window.MINUTE, List.of())));

        assertThat(limits.notEnforced())
                .containsExactly("limit 'TOTAL_TOKENS-MINUTE' (TotalTokens per Minute)");
    }

    @Test
    void alertsAreNamedButTheirLimitIsEnforced() {
        var limits = Limits.of(List.of(spec(Metric.CONCURRENCY, null, List.of(80))));

        assertThat(limits.enforced()).hasSize(1);
        assertThat(limits.notEnforced())
                .containsExactly("alertPercent of limit 'CONCURRENCY-null'");
    }

    @Test
    void aLimitKeepsItsAmountAndModels() {
        var limit = Limits.of(List.of(spec(Metric.REQUESTS, Window.MINUTE, List.of()))).enforced();

        assertThat(limit.getFirst())
                .isEqualTo(
                        Limit.newBuilder()
                                .setName("REQUESTS-MINUTE")
                                .setMetric(Limit.Metric.METRIC_REQUESTS)
                                .setWindow(Limit.Window.WINDOW_MINUTE)
                                .setAmount(5)
                                .addModels("gpt-*")
                                .build());
    }

    private static LimitSpec spec(
            Metric metric, @Nullable Window window, List<Integer> alertPercent) {
        var amount = metric == Metric.COST ? new Amount.Money("5") : new Amount.Count(5);
        return new LimitSpec(
                metric + "-" + window, metric, window, amount, List.of("gpt-*"), alertPercent);
    }
}
