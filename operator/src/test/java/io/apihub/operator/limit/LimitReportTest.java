package io.apihub.operator.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.Amount;
import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.LimitSpec;
import io.apihub.crd.v1alpha1.LimitSpec.Metric;
import io.apihub.crd.v1alpha1.LimitSpec.Window;
import io.apihub.crd.v1alpha1.Quota;
import io.apihub.operator.limit.LimitReport.Scope;
import io.apihub.operator.registry.LimitState;
import io.apihub.operator.registry.LimitState.Target;
import io.apihub.operator.status.ConditionSet;
import io.apihub.operator.status.Events;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitReportTest {

    private static final Target TARGET = new Target(new UUID(0, 1), "acme", "robots");
    private static final Scope WHOLE = new Scope(TARGET, limits("daily", "trial"), false, false);
    private static final Scope PER_KEY = new Scope(TARGET, limits("daily"), true, false);

    private final FakeLimitStates billing = new FakeLimitStates();
    private final LimitStates states = new LimitStates(billing, billing::now);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final List<String> events = new ArrayList<>();
    private final LimitReport report =
            new LimitReport(states, new LimitMetrics(metrics), new Recorded());
    private List<Condition> conditions = List.of();

    @Test
    void withinItsLimitsBothConditionsAreFalse() {
        look(WHOLE);

        assertThat(conditions)
                .extracting(c -> c.type() + " " + c.status() + " " + c.reason())
                .containsExactly(
                        "Exhausted False WithinLimits", "Alerting False BelowAlertPercent");
        assertThat(events).isEmpty();
        assertThat(metrics.getMeters()).isEmpty();
    }

    @Test
    void aUsedUpLimitIsNamedWithItsEndAndAnnouncedOnce() {
        write("daily", "", true, 95);
        look(WHOLE);
        look(WHOLE);

        assertThat(message("Exhausted")).isEqualTo("limit 'daily' until 2026-11-23T10:01:40Z");
        assertThat(message("Alerting"))
                .isEqualTo("limit 'daily' until 2026-11-23T10:01:40Z has reached 95 %");
        assertThat(events)
                .containsExactly(
                        "Warning LimitReached limit 'daily' until 2026-11-23T10:01:40Z",
                        "Warning AlertPercentReached limit 'daily' until 2026-11-23T10:01:40Z"
                                + " has reached 95 %");
        assertThat(gauge("apihub_operator_limit_exhausted")).isEqualTo(1);
        assertThat(gauge("apihub_operator_limit_alerting_percent")).isEqualTo(95);
    }

    @Test
    void theNextPercentIsAnnouncedAndTheEndOfTheWindowToo() {
        write("daily", "", false, 80);
        look(WHOLE);
        write("daily", "", false, 95);
        look(WHOLE);
        billing.pass(100);
        look(WHOLE);

        assertThat(events)
                .containsExactly(
                        "Warning AlertPercentReached limit 'daily' until 2026-11-23T10:01:40Z"
                                + " has reached 80 %",
                        "Warning AlertPercentReached limit 'daily' until 2026-11-23T10:01:40Z"
                                + " has reached 95 %",
                        "Normal BelowAlertPercent no longer Alerting");
        assertThat(metrics.getMeters()).isEmpty();
    }

    @Test
    void theMessageOfManyKeysIsBounded() {
        for (int key = 1; key <= 9; key++) {
            write("daily", "key-" + key, true, 0);
        }

        look(PER_KEY);

        assertThat(message("Exhausted"))
                .startsWith("limit 'daily' of ApiKey key-1 until ")
                .contains("key-5")
                .doesNotContain("key-6")
                .endsWith("; and others");
        assertThat(gauge("apihub_operator_limit_exhausted")).isEqualTo(9);
    }

    @Test
    void countersOfAnotherDeclarationAreNotMeant() {
        write("removed", "", true, 0);
        write("daily", "key-1", true, 0);

        look(WHOLE);

        assertThat(conditions).extracting(Condition::status).containsOnly("False");
    }

    @Test
    void aShadowWouldRefuse() {
        write("daily", "", true, 0);

        look(new Scope(TARGET, limits("daily"), false, true));

        assertThat(ConditionSet.find(conditions, "Exhausted").orElseThrow().reason())
                .isEqualTo("WouldRefuse");
    }

    @Test
    void anOperatorThatKnowsNothingYetKeepsWhatWasSaid() {
        write("daily", "", true, 0);
        look(WHOLE);
        events.clear();

        var restarted =
                new LimitReport(
                        new LimitStates(billing, billing::now),
                        new LimitMetrics(new SimpleMeterRegistry()),
                        new Recorded());
        var kept = restarted.of(new Quota(), WHOLE, conditions);

        assertThat(new ConditionSet(1, conditions, billing.now()).addAll(kept).toList())
                .isEqualTo(conditions);
        assertThat(events).isEmpty();
    }

    private void write(String limit, String subject, boolean exhausted, int percent) {
        billing.write(
                new LimitState(
                        TARGET,
                        limit,
                        subject,
                        exhausted,
                        percent,
                        Instant.parse("2026-11-23T10:01:40Z")));
    }

    private void look(Scope scope) {
        states.refresh();
        conditions =
                new ConditionSet(1, conditions, billing.now())
                        .addAll(report.of(new Quota(), scope, conditions))
                        .toList();
    }

    private String message(String type) {
        return ConditionSet.find(conditions, type).orElseThrow().message();
    }

    private double gauge(String name) {
        return metrics.get(name)
                .tags("namespace", "acme", "quota", "robots", "limit", "daily")
                .gauge()
                .value();
    }

    private static List<LimitSpec> limits(String... names) {
        return List.of(names).stream().map(name -> limit(name, Window.DAY)).toList();
    }

    private static LimitSpec limit(String name, @Nullable Window window) {
        return new LimitSpec(
                name, Metric.REQUESTS, window, new Amount.Count(1), List.of(), List.of());
    }

    private final class Recorded implements Events {
        @Override
        public void warn(HasMetadata object, String reason, String note) {
            events.add("Warning " + reason + " " + note);
        }

        @Override
        public void tell(HasMetadata object, String reason, String note) {
            events.add("Normal " + reason + " " + note);
        }
    }
}
