package io.apihub.billing.payment;

import io.apihub.billing.settings.Payments.Terms;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What an order costs, fixed when it is made.
 *
 * @param amount with two decimals
 * @param rate units of the currency for one unit of credit
 */
public record Price(BigDecimal amount, String currency, BigDecimal rate, BigDecimal feePercent) {

    private static final int DECIMALS = 2;
    private static final BigDecimal HUNDRED = new BigDecimal(100);

    static Price of(Credits credit, Terms terms) {
        var factor = HUNDRED.add(terms.feePercent()).movePointLeft(DECIMALS);
        // Up: otherwise a fraction of the smallest coin would be free each time.
        var amount =
                new BigDecimal(credit.toDecimal())
                        .multiply(terms.rate())
                        .multiply(factor)
                        .setScale(DECIMALS, RoundingMode.CEILING);
        return new Price(amount, terms.currency(), terms.rate(), terms.feePercent());
    }

    /**
     * What somebody bought who paid another amount for {@code credit} than this one.
     *
     * @return at least one micro-unit
     */
    Credits creditFor(Credits credit, BigDecimal paid) {
        // Down: nobody gets what nobody paid. But what came is never booked as nothing.
        var micros =
                new BigDecimal(credit.micros())
                        .multiply(paid)
                        .divide(amount, 0, RoundingMode.DOWN)
                        .max(BigDecimal.ONE);
        return new Credits(micros.longValueExact());
    }
}
