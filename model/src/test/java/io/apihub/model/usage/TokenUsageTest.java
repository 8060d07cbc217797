package io.apihub.model.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TokenUsageTest {

    @Test
    void thePartsOfTheInputAddUpAndReasoningIsPartOfTheOutput() {
        var usage = new TokenUsage(1, 20, 300, 4_000, 50_000, 600);

        assertThat(usage.totalInput()).isEqualTo(4_321);
        assertThat(usage.total()).isEqualTo(54_321);
    }

    @Test
    void theTotalOfTheGreatestCountsDoesNotWrap() {
        long max = TokenUsage.MAX;

        assertThat(new TokenUsage(max, max, max, max, max, max).total()).isEqualTo(5 * max);
    }

    @Test
    void negativeAndAbsurdCountsAreRefused() {
        long over = TokenUsage.MAX + 1;
        assertThatIllegalArgumentException().isThrownBy(() -> TokenUsage.of(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> TokenUsage.of(0, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> TokenUsage.of(over, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> TokenUsage.of(0, over));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenUsage(0, -1, 0, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenUsage(0, 0, -1, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenUsage(0, 0, 0, -1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenUsage(0, 0, 0, 0, 0, -1));
    }

    @Test
    void moreReasoningThanOutputIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenUsage(0, 0, 0, 0, 5, 6));
        assertThat(new TokenUsage(0, 0, 0, 0, 5, 5).output()).isEqualTo(5);
    }

    @Test
    void everyDialectIsFoundByItsWireName() {
        for (var dialect : Dialect.values()) {
            assertThat(Dialect.of(dialect.wireName())).contains(dialect);
        }
        assertThat(Dialect.of("unknown")).isEmpty();
    }
}
