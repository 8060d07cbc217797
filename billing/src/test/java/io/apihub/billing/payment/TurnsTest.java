package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** So many at once, and who can't wait any longer is told so. */
class TurnsTest {

    private final Turns turns = new Turns(2, Duration.ofMillis(1));

    @Test
    void whoFindsNoTurnInTimeDoesNothing() {
        int done =
                turns.take(() ->
                        turns.take(() -> {
                            assertThatThrownBy(() -> turns.take(() -> 3)).isInstanceOf(Busy.class);
                            return 2;
                        }));

        assertThat(done).isEqualTo(2);
        assertThat(turns.<Integer, RuntimeException>take(() -> 3)).isEqualTo(3);
    }

    @Test
    void whoFailsGivesTheTurnBack() {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() ->
                            turns.<Integer, RuntimeException>take(() -> {
                                throw new IllegalStateException("no");
                            }))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
