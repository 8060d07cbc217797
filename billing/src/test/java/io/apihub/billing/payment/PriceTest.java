package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.settings.Payments.Terms;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is paid for credit, and what credit is had for what was paid: never more than its worth. */
class PriceTest {

    private static final int PRICES = 20_000;
    private static final BigDecimal HUNDRED = new BigDecimal(100);

    private final Random random = new Random(20_261_123);

    private static Price price(String credit, String rate, String fee) {
        return Price.of(Credits.parse(credit), terms(new BigDecimal(rate), new BigDecimal(fee)));
    }

    private static Terms terms(BigDecimal rate, BigDecimal fee) {
        return new Terms(Credits.parse("1"), Credits.parse("10000"), fee, "CNY", rate);
    }

    @ParameterizedTest
    @CsvSource({
        "10,1,0,10.00",
        "10.01,1,0,10.01",
        "10,0.1399,0.6,1.41",
        "1,0.00000001,0,0.01",
        "10000,7.12345678,50,106851.86",
        "100,1,0.0001,100.01",
        "3,0.3333,0,1.00"
    })
    void aPriceHasItsRateAndItsFeeAndIsRoundedUp(
            String credit, String rate, String fee, String amount) {
        assertThat(price(credit, rate, fee).amount()).isEqualTo(amount);
    }

    @Test
    void aPriceIsLessThanACoinAboveWhatItIsWorth() {
        for (int i = 0; i < PRICES; i++) {
            var credit = credit();
            var rate = BigDecimal.valueOf(1 + random.nextLong(2_000_000_000L), 8);
            var fee = BigDecimal.valueOf(random.nextInt(5_000), 2);

            var amount = Price.of(credit, terms(rate, fee)).amount();

            // In hundredths of the coin: micros x rate x (100 + fee) / 10^6.
            var exact =
                    BigDecimal.valueOf(credit.micros(), 6)
                            .multiply(rate)
                            .multiply(fee.add(HUNDRED));
            var above = amount.multiply(HUNDRED).subtract(exact);
            assertThat(above).isBetween(BigDecimal.ZERO, BigDecimal.ONE);
            assertThat(above).isNotEqualByComparingTo(BigDecimal.ONE);
            assertThat(amount.scale()).isEqualTo(2);
        }
    }

    @Test
    void anotherAmountBuysItsShareAndNeverMore() {
        for (int i = 0; i < PRICES; i++) {
            var credit = credit();
            var price =
                    new Price(
                            BigDecimal.valueOf(1 + random.nextInt(1_000_000), 2),
                            "CNY",
                            BigDecimal.ONE,
                            BigDecimal.ZERO);
            var paid = BigDecimal.valueOf(1 + random.nextInt(2_000_000), 2);

            long bought = price.creditFor(credit, paid).micros();

            var worth = new BigDecimal(credit.micros()).multiply(paid);
            assertThat(bought).isPositive();
            assertThat(new BigDecimal(bought - 1).multiply(price.amount())).isLessThan(worth);
            assertThat(new BigDecimal(bought + 1).multiply(price.amount())).isGreaterThan(worth);
            assertThat(bought == 1 || !isMore(bought, price, worth)).isTrue();
            assertThat(price.creditFor(credit, price.amount())).isEqualTo(credit);
        }
    }

    private static boolean isMore(long bought, Price price, BigDecimal worth) {
        return new BigDecimal(bought).multiply(price.amount()).compareTo(worth) > 0;
    }

    private Credits credit() {
        return new Credits((1 + random.nextLong(1_000_000)) * 10_000);
    }
}
