package io.apihub.billing.payment.rest;

import io.apihub.billing.payment.OrderState;
import io.apihub.billing.payment.PaymentOrder;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An order as REST shows it.
 *
 * @param amount credit that is bought, in the installation's currency
 * @param bonus credit that comes on top
 * @param payAmount what is paid, in payCurrency, the fee included
 * @param rate units of payCurrency for one unit of credit
 * @param refundedAmount what the payer has again, in payCurrency
 * @param late paid after it had expired
 * @param payUrl where a browser goes to pay, while it may; of version 2 good for five minutes
 */
record OrderView(
        String id,
        String tenantId,
        String provider,
        String type,
        OrderState state,
        String amount,
        String amountMicros,
        String bonus,
        String bonusMicros,
        String payAmount,
        String payCurrency,
        String rate,
        String feePercent,
        String refundedAmount,
        boolean late,
        @Nullable String tradeNo,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant paidAt,
        @Nullable Instant creditedAt,
        @Nullable String payUrl) {

    static OrderView of(PaymentOrder order, @Nullable URI payUrl) {
        var price = order.price();
        var payment = order.payment();
        return new OrderView(
                order.id().toString(),
                order.tenant().toString(),
                order.provider(),
                order.type(),
                order.state(),
                order.credit().toDecimal(),
                String.valueOf(order.credit().micros()),
                order.bonus().toDecimal(),
                String.valueOf(order.bonus().micros()),
                price.amount().toPlainString(),
                price.currency(),
                price.rate().stripTrailingZeros().toPlainString(),
                price.feePercent().stripTrailingZeros().toPlainString(),
                order.refunded().toPlainString(),
                payment != null && payment.late(),
                payment == null ? null : payment.tradeNo(),
                order.createdAt(),
                order.expiresAt(),
                payment == null ? null : payment.paidAt(),
                payment == null ? null : payment.creditedAt(),
                payUrl == null ? null : payUrl.toString());
    }
}
