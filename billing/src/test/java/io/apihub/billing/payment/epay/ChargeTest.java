package io.apihub.billing.payment.epay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Platforms escape a query, and cut what is too long without a word: neither is sent. */
class ChargeTest {

    private static final URI GOOD = URI.create("https://hub.example.com/api/payment/notify/one");

    private static Charge charge(URI notifyUrl, URI returnUrl) {
        return new Charge(
                "0123456789abcdef0123456789abcdef",
                "alipay",
                BigDecimal.TEN,
                "API credit",
                notifyUrl,
                returnUrl);
    }

    private static URI ofLength(int length) {
        return URI.create(GOOD + "x".repeat(length - GOOD.toString().length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?a=1", "?a=1&b=2", "?"})
    void anAddressWithAQueryIsRefused(String query) {
        var bad = URI.create(GOOD + query);

        assertThatThrownBy(() -> charge(bad, GOOD)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> charge(GOOD, bad)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAddressThatPlatformsWouldCutIsRefused() {
        assertThat(charge(ofLength(255), GOOD).notifyUrl()).hasToString(ofLength(255).toString());

        assertThatThrownBy(() -> charge(ofLength(256), GOOD))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
