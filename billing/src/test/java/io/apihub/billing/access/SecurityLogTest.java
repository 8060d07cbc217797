package io.apihub.billing.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.LogLines;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What operators read of who was refused. */
class SecurityLogTest {

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private final SecurityLog log = new SecurityLog(() -> now, metrics);

    @Test
    void nothingThatWasSentBecomesALineOfItsOwn() {
        try (var lines = LogLines.of(SecurityLog.class)) {
            log.refused(SecurityLog.Kind.LOG_IN, "user/1", "10.0.0.1\r\nWARN all is well", "no");

            assertThat(lines.texts())
                    .containsExactly("refused LOG_IN of user/1: 10.0.0.1??WARN all is well: no");
        }
    }

    @Test
    void nobodyFillsTheLogAndAllAreCounted() {
        try (var lines = LogLines.of(SecurityLog.class)) {
            for (int i = 0; i < 2 * SecurityLog.MOST_IN_A_MINUTE; i++) {
                log.refused(SecurityLog.Kind.ACCESS, "user/1", "GET /", "not allowed");
            }
            assertThat(lines.texts()).hasSize(SecurityLog.MOST_IN_A_MINUTE);
            assertThat(lines.texts().getLast()).contains("apihub_refused_total");

            now = now.plusSeconds(60);
            log.refused(SecurityLog.Kind.ACCESS, "user/2", "GET /", "not allowed");
            assertThat(lines.texts().getLast()).contains("user/2");
        }
        assertThat(metrics.counter("apihub_refused", "kind", "ACCESS").count())
                .isEqualTo(2.0 * SecurityLog.MOST_IN_A_MINUTE + 1);
    }
}
