package io.apihub.billing.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.apihub.billing.problem.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {

    @ParameterizedTest
    @CsvSource({
        "ACME, ACME",
        "' ACME Ltd. ', ACME Ltd.",
        "Cafe\u0301, Caf\u00e9",
        "\u5317\u4eac\u5e02, \u5317\u4eac\u5e02",
        "\u0645\u0631\u062d\u0628\u0627, \u0645\u0631\u062d\u0628\u0627",
        "rocket \ud83d\ude80 1, rocket \ud83d\ude80 1"
    })
    void namesOfAllScriptsAreTakenInOneForm(String given, String taken) {
        assertThat(Fields.name("displayName", given, 20)).isEqualTo(taken);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "  ",
                "\u200b",
                "a\u200bb",
                "a\u0000b",
                "a\r\nSet-Cookie: x",
                "a\u202eb",
                "\ufeffa",
                "a\u00adb",
                "a\u2028b",
                "a\u3164b",
                "\ud800a",
                "a\ue000",
                "...",
                "\ud83d\ude80",
                "123456789012345678901"
            })
    void whatIsUnseenMissingOrTooLongIsRefusedByTheFieldsName(String given) {
        assertThatThrownBy(() -> Fields.name("displayName", given, 20))
                .asInstanceOf(type(Refused.class))
                .extracting(refused -> refused.problem().field())
                .isEqualTo("displayName");
    }

    @Test
    void lengthIsCountedInCharactersNotInHalvesOfThem() {
        var name = "a" + "\ud83d\ude80".repeat(19);

        assertThat(Fields.name("displayName", name, 20)).isEqualTo(name);
    }

    @Test
    void aVeryLongNameIsRefusedBeforeItIsNormalised() {
        assertThatThrownBy(() -> Fields.name("displayName", "\ufdfa".repeat(1_000_000), 20))
                .isInstanceOf(Refused.class);
    }

    @Test
    void aTextMayHaveLinesAndNothingElseThatNobodySees() {
        assertThat(Fields.lines("text", " One.\r\n\nTwo. ", 20)).isEqualTo("One.\n\nTwo.");
        for (var wrong : List.of("", "\n", "a\u200bb", "a\tb", "a\rb", "...", "a".repeat(21))) {
            assertThatThrownBy(() -> Fields.lines("text", wrong, 20))
                    .asInstanceOf(type(Refused.class))
                    .extracting(refused -> refused.problem().field())
                    .isEqualTo("text");
        }
    }
}
