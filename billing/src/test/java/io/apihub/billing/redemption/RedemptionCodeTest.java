package io.apihub.billing.redemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RedemptionCodeTest {

    private final Random random = new Random(7);

    private static boolean reads(String typed) {
        return RedemptionCode.parse(typed).isPresent();
    }

    private String minted() {
        return RedemptionCode.mint(random).reveal().replace("-", "");
    }

    @Test
    void aCodeIsReadHoweverItIsTyped() {
        var code = RedemptionCode.mint(random);
        var shown = code.reveal();

        assertThat(shown).matches("([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}");
        for (var typed :
                new String[] {
                    shown,
                    shown.toLowerCase(Locale.ROOT),
                    shown.replace("-", ""),
                    " " + shown.replace('-', ' ') + " ",
                    shown.replace('0', 'O').replace('1', 'I'),
                    shown.replace('0', 'o').replace('1', 'l')
                }) {
            assertThat(RedemptionCode.parse(typed).orElseThrow().sha256())
                    .as(typed)
                    .isEqualTo(code.sha256());
        }
        assertThat(code).hasToString("***");
    }

    @Test
    void everyWrongSymbolIsFound() {
        var code = minted();
        for (int i = 0; i < code.length(); i++) {
            for (char other : RedemptionCode.ALPHABET.toCharArray()) {
                var wrong = code.substring(0, i) + other + code.substring(i + 1);
                assertThat(reads(wrong)).as(wrong).isEqualTo(wrong.equals(code));
            }
        }
    }

    @Test
    void symbolsThatChangedPlacesAreFound() {
        for (int round = 0; round < 200; round++) {
            var code = minted();
            for (int i = 0; i + 1 < code.length(); i++) {
                var wrong =
                        code.substring(0, i)
                                + code.charAt(i + 1)
                                + code.charAt(i)
                                + code.substring(i + 2);
                assertThat(reads(wrong)).as(wrong).isEqualTo(wrong.equals(code));
            }
        }
    }

    @Test
    void whatIsNoCodeIsNone() {
        var code = minted();
        for (var typed :
                new String[] {
                    "",
                    "-",
                    code.substring(1),
                    code + "0",
                    "U" + code.substring(1),
                    "\uFF10" + code.substring(1),
                    "\u0131" + code.substring(1),
                    "0".repeat(10_000)
                }) {
            assertThat(reads(typed)).as(typed).isFalse();
        }
    }

    @Test
    void noTwoAreAlike() {
        var seen = new HashSet<String>();
        for (int i = 0; i < 5_000; i++) {
            assertThat(seen.add(minted())).isTrue();
        }
    }
}
