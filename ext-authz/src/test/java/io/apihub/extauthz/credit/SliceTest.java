package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SliceTest {

    @Test
    void takesAllOrNothing() {
        var slice = new Slice(10);

        assertThat(slice.take(4)).isEqualTo(6);
        assertThat(slice.take(7)).isEqualTo(Slice.REFUSED);
        assertThat(slice.take(6)).isZero();
        assertThat(slice.take(1)).isEqualTo(Slice.REFUSED);
        assertThat(slice.take(0)).isZero();
    }

    @Test
    void whatIsPutBackCanBeTakenAgainUntilItCloses() {
        var slice = new Slice(10);
        slice.take(10);

        assertThat(slice.put(3)).isFalse();
        assertThat(slice.remaining()).isEqualTo(3);
        slice.close();

        assertThat(slice.take(0)).isEqualTo(Slice.REFUSED);
        assertThat(slice.remaining()).isZero();
        assertThat(slice.returned()).isEqualTo(3);
        assertThat(slice.put(5)).isTrue();
        slice.close();
        assertThat(slice.returned()).isEqualTo(8);
        assertThat(slice.unused()).isEqualTo(8);
    }

    @Test
    void anEmptySliceCanCloseToo() {
        var slice = new Slice(0);
        slice.close();

        assertThat(slice.isClosing()).isTrue();
        assertThat(slice.returned()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE})
    void thereAreNoSuchAmounts(long amount) {
        assertThatThrownBy(() -> new Slice(amount)).isInstanceOf(IllegalArgumentException.class);
    }
}
