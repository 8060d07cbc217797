package io.apihub.billing.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {

    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    /** RFC 6238, appendix B, the last six of its eight digits. */
    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void theCodesOfTheStandardComeOut(long time, String code) {
        var now = Instant.ofEpochSecond(time);

        assertThat(Totp.code(SECRET, Totp.step(now))).isEqualTo(code);
        assertThat(Totp.find(SECRET, code, now)).hasValue(time / 30);
    }

    /** RFC 4226, appendix D. */
    @ParameterizedTest
    @CsvSource({"0, 755224", "1, 287082", "5, 254676", "9, 520489"})
    void theCodesOfItsParentComeOutToo(long step, String code) {
        assertThat(Totp.code(SECRET, step)).isEqualTo(code);
    }

    @Test
    void aNeighbouringStepIsTakenAndNoOther() {
        var now = Instant.ofEpochSecond(1_234_567_890);
        long step = Totp.step(now);

        assertThat(Totp.find(SECRET, Totp.code(SECRET, step - 1), now)).hasValue(step - 1);
        assertThat(Totp.find(SECRET, Totp.code(SECRET, step + 1), now)).hasValue(step + 1);
        assertThat(Totp.find(SECRET, Totp.code(SECRET, step - 2), now)).isEmpty();
        assertThat(Totp.find(SECRET, Totp.code(SECRET, step + 2), now)).isEmpty();
        for (var wrong : new String[] {"", "5924", "0059240", "٠٠٥٩٢٤", "abcdef", "-05924"}) {
            assertThat(Totp.find(SECRET, wrong, now)).as(wrong).isEmpty();
        }
    }

    /** RFC 4648, section 10. */
    @ParameterizedTest
    @CsvSource({
        "f, MY",
        "fo, MZXQ",
        "foo, MZXW6",
        "foob, MZXW6YQ",
        "fooba, MZXW6YTB",
        "foobar, MZXW6YTBOI"
    })
    void base32IsThatOfTheStandard(String text, String encoded) {
        assertThat(Totp.base32(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(encoded);
    }
}
