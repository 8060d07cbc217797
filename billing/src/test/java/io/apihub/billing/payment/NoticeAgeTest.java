package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoticeAgeTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

    @ParameterizedTest
    @CsvSource({
        "1700000000, false",
        "1700000300, false",
        "1700000301, true",
        "1699913300, false",
        "1699913299, true",
        "170000000, true",
        "17000000000, true",
        "１７００００００００, true",
        "'', true"
    })
    void aDayAgoAndFiveMinutesAheadAreInOrder(String timestamp, boolean odd) {
        assertThat(NoticeAge.isOdd(Map.of("timestamp", timestamp), NOW)).isEqualTo(odd);
    }

    @Test
    void whatHasNoDateIsInOrder() {
        assertThat(NoticeAge.isOdd(Map.of(), NOW)).isFalse();
    }
}
