package io.apihub.crd.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpanTest {

    @ParameterizedTest
    @CsvSource({
        "48h, PT48H",
        "1h30m, PT1H30M",
        "250ms, PT0.25S",
        "2s, PT2S",
        "0s, PT0S",
        "99999h, PT99999H",
        "1m1ms, PT1M0.001S"
    })
    void theUnitsAreHoursMinutesSecondsAndMilliseconds(String text, Duration expected) {
        assertThat(new TimeSpan(text).toDuration()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2d", "1.5h", "-1s", "5", "100000h", "1h1h1h1h1h", " 1s", "1s\n"})
    void anythingElseIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new TimeSpan(text));
    }

    @Test
    void theTextIsKept() {
        assertThat(new TimeSpan("60m")).hasToString("60m").isNotEqualTo(new TimeSpan("1h"));
    }
}
