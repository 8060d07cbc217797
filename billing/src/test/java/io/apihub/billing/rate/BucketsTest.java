package io.apihub.billing.rate;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.settings.Rates;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Token buckets by a clock that the test sets. */
class BucketsTest {

    private Instant now = Instant.parse("2026-11-23T08:00:00Z");

    /** Two each second, three at once, ten subjects. */
    private final Buckets buckets = new Buckets(() -> now, new Rates.Rate(2, 3), 10);

    @Test
    void aBurstIsLetInAndThenAsManyAsTheRateAllows() {
        assertThat(buckets.take("a").left()).isEqualTo(2);
        assertThat(buckets.take("a").left()).isEqualTo(1);
        assertThat(buckets.take("a").full()).hasMillis(1_500);

        assertThat(buckets.take("a").retryAfter()).hasMillis(500);
        assertThat(buckets.take("a").retryAfter()).as("asking costs nothing").hasMillis(500);
        assertThat(buckets.take("b").allowed()).as("another's bucket").isTrue();

        now = now.plusMillis(500);
        assertThat(buckets.take("a").allowed()).isTrue();
        assertThat(buckets.take("a").allowed()).isFalse();

        now = now.plus(Duration.ofDays(1));
        assertThat(buckets.take("a").left()).as("no more than a whole bucket").isEqualTo(2);
    }

    @Test
    void aClockThatGoesBackKeepsNobodyOutForLong() {
        now = now.plus(Duration.ofDays(30));
        buckets.take("a");
        now = now.minus(Duration.ofDays(30));

        assertThat(buckets.take("a").retryAfter()).isLessThanOrEqualTo(Duration.ofMillis(500));
        now = now.plusMillis(500);
        assertThat(buckets.take("a").allowed()).isTrue();
    }

    @Test
    void theTableIsBoundedAndForgetsTheLongestUnseen() {
        for (int i = 0; i < 3; i++) {
            buckets.take("known");
        }
        for (int i = 0; i < 100; i++) {
            buckets.take("flood-" + i);
            assertThat(buckets.take("known").allowed()).isFalse();
        }

        assertThat(buckets.size()).isEqualTo(10);
    }
}
