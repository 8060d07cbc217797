package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.payment.Strangers.Handling;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Of what strangers send little is kept, and who sends much is told to wait. */
class StrangersTest {

    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private final Strangers strangers = new Strangers(() -> now);

    private Handling last(String address, int times) {
        for (int i = 1; i < times; i++) {
            strangers.next(address);
        }
        return strangers.next(address);
    }

    @Test
    void whoSendsMuchIsThrottledAndNobodyElseIs() {
        assertThat(last("a", Strangers.MOST_OF_ONE)).isEqualTo(Handling.WRITTEN);
        assertThat(last("a", 1)).isEqualTo(Handling.THROTTLED);

        assertThat(last("b", 1)).isEqualTo(Handling.WRITTEN);
    }

    @Test
    void manyTogetherFillNoTable() {
        for (int i = 0; i < Strangers.MOST_WRITTEN; i++) {
            assertThat(strangers.next("a" + i)).isEqualTo(Handling.WRITTEN);
        }

        assertThat(strangers.next("b")).isEqualTo(Handling.COUNTED);
    }

    @Test
    void addressesWithoutEndFillNoMemory() {
        for (int i = 0; i < 10_000; i++) {
            strangers.next("a" + i);
        }

        assertThat(strangers.next("b")).isEqualTo(Handling.THROTTLED);
        assertThat(strangers.next("a7")).isEqualTo(Handling.COUNTED);
    }

    @Test
    void aMinuteLaterAllBeginAnewAlsoIfTheClockGoesBack() {
        last("a", Strangers.MOST_OF_ONE + 1);
        now = now.plus(Duration.ofSeconds(59));
        assertThat(strangers.next("a")).isEqualTo(Handling.THROTTLED);

        now = now.plus(Duration.ofSeconds(1));
        assertThat(last("a", Strangers.MOST_OF_ONE + 1)).isEqualTo(Handling.THROTTLED);
        now = now.minus(Duration.ofHours(1));
        assertThat(strangers.next("a")).isEqualTo(Handling.WRITTEN);
    }
}
