package io.apihub.billing.payment.epay;

import java.math.BigDecimal;

/**
 * An order as the platform tells it when it is asked.
 *
 * @param status 0 unpaid, 1 paid, 2 refunded, 3 frozen, 4 pre-authorised
 * @param tradeStatus empty if the platform does not say it
 * @param refunded zero if the platform does not say it
 * @param ended when it was paid, in the platform's own words
 */
public record PlatformOrder(
        String tradeNo,
        String outTradeNo,
        BigDecimal money,
        int status,
        String tradeStatus,
        BigDecimal refunded,
        String ended) {

    private static final int PAID = 1;
    private static final int REFUNDED = 2;

    /** A status alone is not taken for a payment where the platform says more, and other. */
    public boolean isPaid() {
        return status == PAID && (tradeStatus.isEmpty() || tradeStatus.equals("TRADE_SUCCESS"));
    }

    /** Whether all of it was given back. */
    public boolean isRefunded() {
        return status == REFUNDED || (money.signum() > 0 && refunded.compareTo(money) >= 0);
    }
}
