package io.apihub.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionSetTest {

    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");

    @Test
    void anUnchangedSetEqualsTheOldOne() {
        var before = set(1, List.of(), THEN);

        assertThat(set(1, before, NOW)).isEqualTo(before);
    }

    @Test
    void anotherGenerationKeepsTheTransitionTime() {
        var after = set(2, set(1, List.of(), THEN), NOW);

        assertThat(after).allMatch(one -> one.lastTransitionTime().equals(THEN));
        assertThat(after).allMatch(one -> Long.valueOf(2).equals(one.observedGeneration()));
    }

    @Test
    void onlyAChangeOfStatusIsATransition() {
        var before = set(1, List.of(), THEN);

        var after =
                new ConditionSet(1, before, NOW).ready(Readiness.waiting("Other", "why")).toList();

        assertThat(after.getFirst().lastTransitionTime()).isEqualTo(NOW);
    }

    @Test
    void stalledIsPresentOnlyWhileTrue() {
        var stalled = new ConditionSet(1, List.of(), NOW).ready(Readiness.stalled("Bad", "do"));

        assertThat(stalled.toList()).extracting(Condition::type).contains("Stalled");
        assertThat(set(1, stalled.toList(), NOW))
                .extracting(Condition::type)
                .doesNotContain("Stalled");
    }

    private static List<Condition> set(long generation, List<Condition> current, Instant now) {
        return new ConditionSet(generation, current, now)
                .ready(Readiness.ready("fine"))
                .add(Observation.yes("Active", "Active", ""))
                .toList();
    }
}
