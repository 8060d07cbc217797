package io.apihub.billing.payment.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.payment.Ways;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Payments;
import io.apihub.billing.settings.Payments.MerchantKey;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Payments.Signing;
import io.apihub.billing.testing.TestSettings;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What somebody may wish for where only some amounts are offered. */
class WishesTest {

    private static final Payments.Option TEN =
            new Payments.Option(Credits.parse("10"), Credits.parse("1"));

    private static Wishes wishes(boolean freeAmounts) {
        var terms =
                new Payments.Terms(
                        Credits.parse("1"),
                        Credits.parse("100"),
                        BigDecimal.ZERO,
                        "CNY",
                        BigDecimal.ONE);
        var provider =
                new PayProvider(
                        "one",
                        URI.create("http://127.0.0.1:1/"),
                        "1001",
                        new Signing.Md5(new MerchantKey("key")),
                        List.of("alipay"),
                        terms);
        var payments =
                new Payments(
                        List.of(provider),
                        new Payments.TopUps(List.of(TEN), freeAmounts, Duration.ofMinutes(30), 20),
                        URI.create("http://127.0.0.1:1"));
        var settings = TestSettings.unreachable().with(payments);
        return new Wishes(settings, new Ways(settings));
    }

    @Test
    void onlyWhatIsOfferedMayBeBoughtIfThatIsSaid() {
        assertThat(wishes(false).of("10.00", "one", "alipay").credit())
                .isEqualTo(Credits.parse("10"));
        assertThatThrownBy(() -> wishes(false).of("11", "one", "alipay"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("Must be one of 10.");
        assertThat(wishes(true).of("11", "one", "alipay").credit()).isEqualTo(Credits.parse("11"));
    }
}
