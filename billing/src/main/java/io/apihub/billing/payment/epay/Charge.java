package io.apihub.billing.payment.epay;

import java.math.BigDecimal;
import java.net.URI;

/**
 * What a customer is to pay.
 *
 * @param outTradeNo our number: at most 64 of a-z and 0-9
 * @param amount with at most two decimals
 * @param notifyUrl without query, for platforms spoil it
 */
public record Charge(
        String outTradeNo,
        String type,
        BigDecimal amount,
        String name,
        URI notifyUrl,
        URI returnUrl) {

    private static final int MAX_URL = 255;

    public Charge {
        for (var url : new URI[] {notifyUrl, returnUrl}) {
            if (url.getRawQuery() != null || url.toString().length() > MAX_URL) {
                throw new IllegalArgumentException("not for a platform: " + url);
            }
        }
    }
}
