package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When platforms are asked: often at first, last before they delete what nobody paid. */
class PollScheduleTest {

    private static final Instant CREATED = Instant.parse("2026-11-23T12:00:00Z");

    @Test
    void anOrderIsAskedAboutNineTimesInADay() {
        var ages = new ArrayList<String>();
        for (var next = PollSchedule.next(CREATED, CREATED);
                next != null;
                next = PollSchedule.next(CREATED, next)) {
            ages.add(Duration.between(CREATED, next).toString());
        }

        assertThat(ages)
                .containsExactly(
                        "PT10S", "PT30S", "PT1M", "PT3M", "PT10M", "PT30M", "PT2H", "PT12H",
                        "PT23H");
        assertThat(PollSchedule.first()).hasToString(ages.getFirst());
    }

    @Test
    void whatWasMissedIsNotMadeUpFor() {
        var later = CREATED.plus(Duration.ofMinutes(5));

        assertThat(PollSchedule.next(CREATED, later))
                .isEqualTo(CREATED.plus(Duration.ofMinutes(10)));
        assertThat(PollSchedule.next(CREATED, CREATED.plus(Duration.ofDays(9)))).isNull();
    }

    @Test
    void aClockThatWentBackAsksAtTheFirstTime() {
        assertThat(PollSchedule.next(CREATED, CREATED.minus(Duration.ofDays(1))))
                .isEqualTo(CREATED.plus(PollSchedule.first()));
    }

    @ParameterizedTest
    @CsvSource({
        "0,PT10S",
        "1,PT20S",
        "5,PT5M20S",
        "6,PT10M",
        "7,PT10M",
        "199,PT10M",
        "200,PT6H",
        "2147483647,PT6H"
    })
    void whoCannotBeAskedIsAskedMoreSeldomAndNeverGivenUp(int misses, Duration pause) {
        assertThat(PollSchedule.pause(misses)).isEqualTo(pause);
    }
}
