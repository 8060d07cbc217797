package io.apihub.crd.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class AmountTest {

    @Test
    void aWholeNumberIsACountHoweverBig() {
        assertThat(Amount.of(5)).isEqualTo(new Amount.Count(5));
        assertThat(Amount.of(50_000_000_000L)).isEqualTo(new Amount.Count(50_000_000_000L));
    }

    @Test
    void textIsMoneyAndKeepsItsZeros() {
        assertThat(Amount.of("50.00")).isEqualTo(new Amount.Money("50.00"));
        assertThat(Amount.of("50.00").json()).isEqualTo("50.00");
    }

    @Test
    void aFractionWithoutQuotesIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Amount.of(5.5));
    }
}
