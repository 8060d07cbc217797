package io.apihub.dev.smoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

final class PromiseTest {

    @Test
    void aSecondIsTooLong() {
        assertThat(Promise.millis(Duration.ofMillis(999))).isEqualTo("999 ms");
        assertThat(Promise.millis(Duration.ofMillis(-5))).isEqualTo("0 ms");
        assertThat(Promise.millis(Duration.ofSeconds(1)))
                .startsWith("1000 ms")
                .contains(Promise.BROKEN);
    }

    @Test
    void aSlowStepPassesButDoesNotLookFine() throws InterruptedException {
        var lines = new ArrayList<String>();
        var steps = new Steps(lines::add);

        steps.step("quick", () -> Promise.millis(Duration.ofMillis(10)));
        steps.step("late", () -> Promise.millis(Duration.ofMillis(4900)));

        assertThat(steps.done()).isEqualTo(2);
        assertThat(steps.slow()).isEqualTo(1);
        assertThat(lines.getFirst()).startsWith("  ok ").contains("quick");
        assertThat(lines.getLast()).startsWith("  slow ").contains("4900 ms");
    }
}
