package io.apihub.billing.payment;

import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A part of a payment on its way back, or all of it.
 *
 * @param amount what the payer gets, in the order's currency
 * @param credit what of the order's credit is taken for it
 * @param bonus what of the order's bonus is taken for it
 */
public record Part(BigDecimal amount, Credits credit, Credits bonus) {

    /**
     * The next part of an order, after those that were given back before: their shares of credit
     * and bonus follow from the amounts alone, and all parts together are exactly the whole.
     */
    static Part of(PaymentOrder order, BigDecimal amount) {
        var before = order.refunded();
        var after = before.add(amount);
        return new Part(
                amount,
                share(order, order.credit(), after).minus(share(order, order.credit(), before)),
                share(order, order.bonus(), after).minus(share(order, order.bonus(), before)));
    }

    private static Credits share(PaymentOrder order, Credits of, BigDecimal amount) {
        // Up: nobody keeps credit whose price went back.
        return new Credits(
                new BigDecimal(of.micros())
                        .multiply(amount)
                        .divide(order.price().amount(), 0, RoundingMode.CEILING)
                        .longValueExact());
    }

    /** What is taken from the tenant. */
    Credits whole() {
        return credit.plus(bonus);
    }
}
