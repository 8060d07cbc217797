package io.apihub.billing.payment;

import java.math.BigDecimal;
import java.util.UUID;

/**
 * Money that came, by the platform's own word.
 *
 * @param provider the order's
 * @param tradeNo the platform's number of it
 * @param paid in the order's currency; it may be another amount than the order's
 */
record Incoming(UUID order, String provider, String tradeNo, BigDecimal paid) {

    /** What a platform's numbers are unique by. */
    Trade trade() {
        return new Trade(provider, tradeNo);
    }

    /** A payment, as the platform numbers it. */
    record Trade(String provider, String number) {}
}
