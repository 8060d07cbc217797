package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.payment.PaymentOrder.Polling;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Parts of a payment: whatever they are, all together are the whole, to the micro-unit. */
class PartTest {

    private static final int ORDERS = 3_000;

    private final Random random = new Random(20_261_123);

    @Test
    void allPartsTogetherAreTheWhole() {
        for (int i = 0; i < ORDERS; i++) {
            giveBack(
                    new Credits(1 + random.nextLong(10_000_000_000L)),
                    new Credits(random.nextLong(1_000_000_000L)),
                    BigDecimal.valueOf(1 + random.nextInt(1_000_000), 2));
        }
    }

    private void giveBack(Credits credit, Credits bonus, BigDecimal price) {
        var given = Credits.ZERO;
        var extra = Credits.ZERO;
        var refunded = BigDecimal.ZERO;
        while (refunded.compareTo(price) < 0) {
            var left = price.subtract(refunded);
            var amount =
                    random.nextInt(4) == 0
                            ? left
                            : BigDecimal.valueOf(
                                    1 + random.nextInt(left.unscaledValue().intValueExact()), 2);

            var part = Part.of(order(credit, bonus, price, refunded), amount);

            assertThat(part.credit().isNegative()).isFalse();
            assertThat(part.bonus().isNegative()).isFalse();
            given = given.plus(part.credit());
            extra = extra.plus(part.bonus());
            refunded = refunded.add(amount);
            // Never less than what the payer has again was worth.
            assertThat(new BigDecimal(given.micros()).multiply(price))
                    .isGreaterThanOrEqualTo(new BigDecimal(credit.micros()).multiply(refunded));
        }
        assertThat(given).isEqualTo(credit);
        assertThat(extra).isEqualTo(bonus);
    }

    private static PaymentOrder order(
            Credits credit, Credits bonus, BigDecimal price, BigDecimal refunded) {
        return new PaymentOrder(
                new UUID(1, 2),
                1,
                new UUID(3, 4),
                null,
                "tester",
                "one",
                "alipay",
                credit,
                bonus,
                new Price(price, "CNY", BigDecimal.ONE, BigDecimal.ZERO),
                OrderState.CREDITED,
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                new Polling(0, 0),
                "",
                refunded);
    }
}
