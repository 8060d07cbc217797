package io.apihub.model.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceSheetTest {

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, gpt-4o",
        "gpt-4o-mini, gpt-4o-*",
        "gpt-4-turbo, gpt-4*",
        "gpt-3.5, gpt-*",
        "claude, *",
        "o-preview, *-preview",
        "gpt-4o-preview, gpt-4o-*"
    })
    void exactThenLongestLiteralPrefixThenTheOrder(String model, String expected) {
        var sheet = sheet("*-preview", "*", "gpt-*", "gpt-4*", "gpt-4o-*", "gpt-4o");

        assertThat(sheet.priceOf(model).orElseThrow().model().glob()).isEqualTo(expected);
    }

    @Test
    void amongEquallySpecificPatternsTheFirstWins() {
        assertThat(sheet("gpt-*a", "gpt-*").priceOf("gpt-a").orElseThrow().model().glob())
                .isEqualTo("gpt-*a");
        assertThat(sheet("gpt-*", "gpt-*a").priceOf("gpt-a").orElseThrow().model().glob())
                .isEqualTo("gpt-*");
    }

    @Test
    void anExactNameWinsAgainstAnEquallyLongPrefix() {
        assertThat(sheet("gpt*", "gpt").priceOf("gpt").orElseThrow().model().glob())
                .isEqualTo("gpt");
    }

    @Test
    void aModelWithoutAPriceHasNone() {
        assertThat(sheet("gpt-*").priceOf("claude")).isEmpty();
        assertThat(sheet().priceOf("gpt")).isEmpty();
    }

    @Test
    void aSheetKeepsItsPrices() {
        var prices = new ArrayList<>(sheet("a").prices());
        var sheet = new PriceSheet(1, "CNY", Instant.EPOCH, prices);

        prices.clear();

        assertThat(sheet.prices()).hasSize(1);
    }

    @Test
    void pricesAndFactorsHaveARange() {
        var a = new ModelPattern("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelPrice(a, -1, 0, 0, 0, 0, 0, false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelPrice(a, 0, 0, 0, 0, 0, ModelPrice.MAX + 1, true));
        assertThatIllegalArgumentException().isThrownBy(() -> PriceFactor.parse("-0.1"));
        assertThatIllegalArgumentException().isThrownBy(() -> PriceFactor.parse("1000.000001"));
        assertThatIllegalArgumentException().isThrownBy(() -> PriceFactor.parse("0.0000001"));
        assertThat(PriceFactor.parse("0.85").millionths()).isEqualTo(850_000);
        assertThat(PriceFactor.parse("1000").millionths()).isEqualTo(1_000_000_000);
        assertThat(PriceFactor.parse("1")).isEqualTo(PriceFactor.ONE);
    }

    private static PriceSheet sheet(String... models) {
        var prices =
                List.of(models).stream()
                        .map(m -> new ModelPrice(new ModelPattern(m), 1, 1, 1, 1, 1, 0, false))
                        .toList();
        return new PriceSheet(1, "CNY", Instant.EPOCH, prices);
    }
}
