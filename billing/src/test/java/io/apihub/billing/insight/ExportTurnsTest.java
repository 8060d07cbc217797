package io.apihub.billing.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.problem.Refused;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExportTurnsTest {

    private final ExportTurns turns = new ExportTurns();

    private void assertRefused(String owner) {
        assertThatThrownBy(() -> turns.take(owner))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.problem().status()).isEqualTo(429);
                            assertThat(refused.retryAfterSeconds()).contains(10L);
                        });
    }

    @Test
    void whoTakesAllTheirsIsInNobodysWay() {
        var first = turns.take("slow");
        turns.take("slow");

        assertRefused("slow");
        turns.take("other");
        first.close();
        turns.take("slow");
    }

    @Test
    void allTogetherAreBounded() {
        var taken = new ArrayList<ExportTurns.Turn>();
        for (int i = 0; i < ExportTurns.MOST; i++) {
            taken.add(turns.take("user-" + i));
        }

        assertRefused("late");
        List.copyOf(taken).forEach(ExportTurns.Turn::close);
        turns.take("late");
    }
}
