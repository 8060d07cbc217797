package io.apihub.operator.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.operator.registry.LimitState;
import io.apihub.operator.registry.LimitState.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitStatesTest {

    private static final Target TARGET = new Target(new UUID(0, 1), "acme", "robots");

    private final FakeLimitStates billing = new FakeLimitStates();
    private final LimitStates states = new LimitStates(billing, billing::now);
    private final List<Target> told = new ArrayList<>();

    LimitStatesTest() {
        states.onChange(told::add);
    }

    @Test
    void nothingIsKnownBeforeTheFirstReading() {
        billing.write(exhausted(null));

        assertThat(states.of(TARGET)).isEmpty();
        states.refresh();

        assertThat(states.of(TARGET)).hasValue(List.of(exhausted(null)));
        assertThat(told).containsExactly(TARGET);
    }

    @Test
    void whoAskedEarlyIsToldEvenIfThereIsNothingToSay() {
        assertThat(states.of(TARGET)).isEmpty();

        states.refresh();

        assertThat(told).containsExactly(TARGET);
        assertThat(states.of(TARGET)).hasValue(List.of());
    }

    @Test
    void aTransitionIsToldOnce() {
        states.refresh();
        billing.write(exhausted(null));
        states.refresh();
        states.refresh();
        assertThat(told).containsExactly(TARGET);

        billing.write(quiet());
        states.refresh();
        states.refresh();

        assertThat(told).containsExactly(TARGET, TARGET);
        assertThat(states.of(TARGET)).hasValue(List.of());
    }

    @Test
    void whatIsCommittedLateIsNotMissed() {
        states.refresh();
        billing.pass(20);
        states.refresh();

        billing.writeLate(exhausted(null), 25);
        states.refresh();

        assertThat(told).containsExactly(TARGET);
    }

    @Test
    void aStateEndsWithItsWindowAndDoesNotComeBack() {
        var window = billing.now().plusSeconds(10);
        billing.write(exhausted(window));
        states.refresh();
        told.clear();

        billing.pass(10);

        assertThat(states.of(TARGET)).hasValue(List.of());
        states.refresh();
        states.refresh();
        assertThat(told).containsExactly(TARGET);
    }

    @Test
    void whatIsGoneIsSeenByAWholeReading() {
        billing.write(exhausted(null));
        states.refresh();
        billing.lose(exhausted(null));
        states.refresh();
        assertThat(states.of(TARGET)).hasValue(List.of(exhausted(null)));

        billing.pass(300);
        states.refresh();

        assertThat(states.of(TARGET)).hasValue(List.of());
        assertThat(told).containsExactly(TARGET, TARGET);
    }

    @Test
    void whileBillingsTableIsAwayTheLastWordHolds() {
        billing.write(exhausted(null));
        states.refresh();
        billing.away(true);
        states.refresh();

        assertThat(states.of(TARGET)).hasValue(List.of(exhausted(null)));
    }

    private static LimitState exhausted(@Nullable Instant resetsAt) {
        return new LimitState(TARGET, "daily", "", true, 80, resetsAt);
    }

    private static LimitState quiet() {
        return new LimitState(TARGET, "daily", "", false, 0, null);
    }
}
