package io.apihub.billing.payment.epay;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.settings.Payments.MerchantKey;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Payments.Signing;
import io.apihub.billing.settings.Payments.Terms;
import io.apihub.dev.epay.EpaySimulator;
import io.apihub.dev.epay.Merchant;
import io.apihub.dev.epay.Trap;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A platform that begins to answer and does not end. */
class StalledAnswersTest {

    private static final String KEY = "MERCHANTKEY000000000000000000001";
    private static final Duration LITTLE = Duration.ofMillis(300);

    /** It stalls for as long as it runs: only our own limit ends the wait. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void nobodyWaitsForTheEndOfAnAnswerForEver() {
        var merchant = Merchant.of("1001", KEY);
        try (var platform = EpaySimulator.start(0, merchant, List.of());
                var http = HttpClient.newHttpClient()) {
            platform.set(Trap.STALLED_ANSWERS);
            var md5 = new Signing.Md5(new MerchantKey(KEY));
            var rsa = new Signing.Rsa(merchant.own().getPrivate(), merchant.platform().getPublic());

            var first = new EpayV1(provider(platform, md5), md5, http, LITTLE);
            var second =
                    new EpayV2(provider(platform, rsa), rsa, http, LITTLE, InstantSource.system());

            for (EpayClient client : List.of(first, second)) {
                assertThat(client.query(Ref.ours("1"))).isInstanceOf(Told.Unknown.class);
                assertThat(client.paid(0, 0)).isInstanceOf(Told.Unknown.class);
            }
            http.shutdownNow();
        }
    }

    private static PayProvider provider(EpaySimulator platform, Signing signing) {
        return new PayProvider(
                "one",
                URI.create(platform.url() + "/"),
                "1001",
                signing,
                List.of("alipay"),
                new Terms(
                        Credits.parse("1"),
                        Credits.parse("10"),
                        BigDecimal.ZERO,
                        "CNY",
                        BigDecimal.ONE));
    }
}
