package io.apihub.model.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreditsTest {

    private static final Credits MOST = new Credits(Long.MAX_VALUE);
    private static final Credits LEAST = new Credits(Long.MIN_VALUE);

    @ParameterizedTest
    @CsvSource({
        "1.50, 1500000",
        "0, 0",
        "0.000001, 1",
        "-0.000001, -1",
        "100, 100000000",
        "9223372036854.775807, 9223372036854775807",
        "-9223372036854.775808, -9223372036854775808"
    })
    void aDecimalBecomesExactMicros(String decimal, long micros) {
        assertThat(Credits.parse(decimal)).isEqualTo(new Credits(micros));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "1,5", "0.0000001", "1.0000001", "9223372036854.775808",
                        "-9223372036854.775809",
                "abc", "NaN", "Infinity", "1 CNY", "0x10", "1e", "--1"
            })
    void whatIsNoExactAmountIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Credits.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e999999999", "1e-999999999", "1E+2147483647", "-1e400", "0e999999999"})
    void anExponentThatWouldFillTheMemoryIsRefusedAtOnce(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Credits.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "1500000, 1.5",
        "0, 0",
        "1, 0.000001",
        "-1, -0.000001",
        "100000000, 100",
        "1230000000, 1230",
        "9223372036854775807, 9223372036854.775807"
    })
    void theTextIsPlainAndWithoutNeedlessZeros(long micros, String text) {
        assertThat(new Credits(micros)).hasToString(text);
    }

    @Test
    void theTextOfAnAmountIsReadBack() {
        var random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            var amount = new Credits(random.nextLong() >> random.nextInt(64));
            assertThat(Credits.parse(amount.toDecimal())).isEqualTo(amount);
        }
    }

    @Test
    void sumsAndDifferencesAreThoseOfBigDecimal() {
        var random = new Random(4);
        for (int i = 0; i < 10_000; i++) {
            var a = new Credits(random.nextLong() >> 1);
            var b = new Credits(random.nextLong() >> 1);
            assertThat(a.plus(b)).isEqualTo(Credits.of(decimal(a).add(decimal(b))));
            assertThat(a.minus(b)).isEqualTo(Credits.of(decimal(a).subtract(decimal(b))));
            assertThat(a.covers(b)).isEqualTo(decimal(a).compareTo(decimal(b)) >= 0);
            assertThat(a.compareTo(b)).isEqualTo(decimal(a).compareTo(decimal(b)));
        }
    }

    private static BigDecimal decimal(Credits credits) {
        return BigDecimal.valueOf(credits.micros(), Credits.SCALE);
    }

    @Test
    void arithmeticPastTheRangeThrowsAndNeverWraps() {
        var one = new Credits(1);
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> MOST.plus(one));
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> LEAST.minus(one));
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(LEAST::negated);
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Credits.ZERO.minus(LEAST));
        assertThat(MOST.negated().negated()).isEqualTo(MOST);
    }

    @Test
    void anAmountThatNeedsRoundingIsRefused() {
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Credits.of(new BigDecimal("0.0000015")));
        assertThat(Credits.of(new BigDecimal("0.00000150e1"))).isEqualTo(new Credits(15));
    }

    @Test
    void signsAndExtremes() {
        assertThat(Credits.ZERO.isNegative()).isFalse();
        assertThat(Credits.ZERO.isPositive()).isFalse();
        assertThat(new Credits(-1).isNegative()).isTrue();
        assertThat(new Credits(1).isPositive()).isTrue();
        assertThat(Credits.min(MOST, LEAST)).isEqualTo(LEAST);
        assertThat(Credits.max(MOST, LEAST)).isEqualTo(MOST);
    }
}
