package io.apihub.model.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPatternTest {

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, gpt-4o, true",
        "gpt-4o, gpt-4o-mini, false",
        "gpt-4o, gpt-4, false",
        "gpt-*, gpt-, true",
        "gpt-*, gpt-4o, true",
        "*, anything, true",
        "*o, gpt-4o, true",
        "*o, gpt-4o-mini, false",
        "g*t*4, gpt-4, true",
        "g*t*4, gpt-5, false",
        "a.c, abc, false",
        "a*a, a, false",
        "**, x, true",
        "GPT-*, gpt-4, false"
    })
    void aStarStandsForAnyCharactersAndAllElseForItself(
            String glob, String model, boolean matches) {
        assertThat(new ModelPattern(glob).matches(model)).isEqualTo(matches);
    }

    @Test
    void itAgreesWithTheObviousMatcher() {
        var random = new Random(42);
        int matched = 0;
        for (int i = 0; i < 200_000; i++) {
            var glob = text(random, "ab*", 1 + random.nextInt(7));
            var model = text(random, "ab", random.nextInt(9));
            boolean expected = obvious(glob, model);
            matched += expected ? 1 : 0;
            assertThat(new ModelPattern(glob).matches(model))
                    .as(glob + " " + model)
                    .isEqualTo(expected);
        }
        assertThat(matched).isBetween(10_000, 190_000);
    }

    private static String text(Random random, String alphabet, int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static boolean obvious(String glob, String model) {
        if (glob.isEmpty()) {
            return model.isEmpty();
        }
        if (glob.charAt(0) == '*') {
            return obvious(glob.substring(1), model)
                    || (!model.isEmpty() && obvious(glob, model.substring(1)));
        }
        return !model.isEmpty()
                && glob.charAt(0) == model.charAt(0)
                && obvious(glob.substring(1), model.substring(1));
    }

    @Test
    @Timeout(5)
    void aHostilePatternIsNotSlow() {
        var pattern = new ModelPattern("a*".repeat(127) + "b");

        assertThat(pattern.matches("a".repeat(10_000))).isFalse();
    }

    @Test
    void theLiteralPrefixEndsAtTheFirstStar() {
        assertThat(new ModelPattern("gpt-*o*").literalPrefixLength()).isEqualTo(4);
        assertThat(new ModelPattern("*").literalPrefixLength()).isZero();
        assertThat(new ModelPattern("gpt").literalPrefixLength()).isEqualTo(3);
        assertThat(new ModelPattern("gpt").isExact()).isTrue();
        assertThat(new ModelPattern("gpt*").isExact()).isFalse();
    }

    @Test
    void aPatternHasOneTo256Characters() {
        assertThat(new ModelPattern("a".repeat(256)).isExact()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelPattern(""));
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelPattern("a".repeat(257)));
    }
}
