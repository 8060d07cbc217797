package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SlicesTest {

    private static final Instant FROM = Instant.parse("2026-10-01T05:00:00.123Z");
    private static final Instant TO = FROM.plus(Duration.ofDays(31));

    @Test
    void littleIsLookedAtWhole() {
        var slices = Slices.of(FROM, TO, 1_000, 1_000);

        assertThat(slices.millionths()).isEqualTo(1_000_000);
        assertThat(slices.days())
                .hasSize(32)
                .startsWith(LocalDate.parse("2026-11-01"))
                .endsWith(LocalDate.parse("2026-10-01"));
        assertThat(millis(slices.firsts().getLast())).isEqualTo(FROM.toEpochMilli());
        assertThat(millis(slices.ends().getFirst())).isEqualTo(TO.toEpochMilli());
        for (int i = 1; i < 32; i++) {
            assertThat(slices.ends().get(i)).isEqualTo(slices.firsts().get(i - 1));
        }
    }

    @Test
    void ofMuchTheShareIsLookedAtInSlicesOfOneDayEach() {
        var slices = Slices.of(FROM, TO, 50_000, 1_000);

        long covered = 0;
        for (int i = 0; i < slices.days().size(); i++) {
            long first = millis(slices.firsts().get(i));
            long end = millis(slices.ends().get(i));
            assertThat(end).isGreaterThan(first);
            assertThat(day(first)).isEqualTo(slices.days().get(i)).isEqualTo(day(end - 1));
            if (i > 0) {
                assertThat(end).isLessThanOrEqualTo(millis(slices.firsts().get(i - 1)));
            }
            covered += end - first;
        }
        assertThat(slices.millionths()).isBetween(19_900L, 20_000L);
        assertThat((double) covered / Duration.ofDays(31).toMillis())
                .isEqualTo(slices.millionths() / 1e6, within(0.0001));
        assertThat(slices).isEqualTo(Slices.of(FROM, TO, 50_000, 1_000));
    }

    @Test
    void aCrowdInAMomentMakesNoSliceEmpty() {
        var slices = Slices.of(FROM, FROM.plusSeconds(1), 10_000_000, 1_000);

        assertThat(slices.millionths()).isEqualTo(1_000_000);
        assertThat(slices.days()).isNotEmpty();
    }

    @Test
    void ofNoTimeNothingIsLookedAt() {
        assertThat(Slices.of(FROM, FROM, 10, 1).days()).isEmpty();
        assertThat(Slices.of(FROM, FROM, 1, 1).days()).isEmpty();
    }

    private static long millis(UUID hold) {
        return hold.getMostSignificantBits() >>> 16;
    }

    private static LocalDate day(long millis) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
    }
}
