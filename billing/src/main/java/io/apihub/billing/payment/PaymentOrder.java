package io.apihub.billing.payment;

import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's wish to pay, as it is now.
 *
 * @param seq later orders have greater ones
 * @param actor as the ledger names them
 * @param credit what is bought
 * @param bonus what comes on top
 * @param payment null until it is paid
 * @param problem what a person has to look at; empty: nothing
 * @param refunded what the payer has again of the price
 */
public record PaymentOrder(
        UUID id,
        long seq,
        UUID tenant,
        @Nullable UUID user,
        String actor,
        String provider,
        String type,
        Credits credit,
        Credits bonus,
        Price price,
        OrderState state,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Payment payment,
        Polling polling,
        String problem,
        BigDecimal refunded) {

    /**
     * How it was paid.
     *
     * @param tradeNo the platform's number; null if a person decided without it
     * @param late after the order had expired
     */
    public record Payment(
            @Nullable String tradeNo, boolean late, Instant paidAt, @Nullable Instant creditedAt) {}

    /**
     * How the platform is asked.
     *
     * @param polls how often it said "not paid"
     * @param misses how often nobody could tell, since it last said something
     */
    record Polling(int polls, int misses) {}

    public String outTradeNo() {
        return OrderNumber.text(id);
    }

    /** What the payer may still get back. */
    public BigDecimal refundable() {
        return price.amount().subtract(refunded);
    }

    @Nullable String tradeNo() {
        return payment == null ? null : payment.tradeNo();
    }
}
