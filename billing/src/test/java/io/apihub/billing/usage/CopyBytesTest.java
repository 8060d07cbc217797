package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.ByteConverter;

class CopyBytesTest {

    private static BigDecimal read(BigDecimal number) {
        var written = new CopyBytes(0).exact(number).toArray();
        int length = ByteBuffer.wrap(written).getInt();
        assertThat(written).as("%s", number).hasSize(4 + length);
        return (BigDecimal) ByteConverter.numeric(written, 4, length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.000000000000000000",
                "0E+5",
                "1",
                "10000",
                "10000.0001",
                "0.000000000000000001",
                "0.000100000000000000",
                "9.223372036854775807",
                "9223372036854775807",
                "922337203685477580.7",
                "9223372036854775808",
                "12345678901234567890.123456789012345678",
                "0.1234567890123456789",
                "1E+20",
                "-1.5",
                "0.5",
                "1000000000000.000000"
            })
    void aNumericIsReadAsItWas(String number) {
        assertThat(read(new BigDecimal(number))).isEqualByComparingTo(number);
    }

    @Test
    void soIsAnyOther() {
        var random = new SplittableRandom(11);
        for (int i = 0; i < 100_000; i++) {
            long unscaled = random.nextLong() >>> random.nextInt(64);
            var number = new BigDecimal(BigInteger.valueOf(unscaled), random.nextInt(20));
            assertThat(read(number)).isEqualByComparingTo(number);
        }
    }

    @Test
    void timesCountFromTheYear2000() {
        long millis = Instant.parse("2000-01-02T00:00:00.001Z").toEpochMilli();

        assertThat(new CopyBytes(0).time(millis).toArray())
                .isEqualTo(new CopyBytes(0).whole(86_400_001_000L).toArray());
        assertThat(new CopyBytes(0).time(CopyBytes.NO_TIME).toArray())
                .containsExactly(-1, -1, -1, -1);
        assertThatThrownBy(() -> new CopyBytes(0).time(Long.MAX_VALUE))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void anIdHas16Bytes() {
        var bytes = new CopyBytes(0);

        assertThatThrownBy(() -> bytes.id("key_uid", ByteString.copyFrom(new byte[15])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("key_uid must have 16 bytes, not 15");
        assertThat(bytes.length()).isZero();
    }
}
