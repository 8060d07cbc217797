package io.apihub.billing.payment.rest;

import io.apihub.billing.payment.Notices;
import io.apihub.billing.payment.PaymentOrder;
import io.apihub.billing.payment.Refund;
import io.apihub.billing.payment.RefundTable;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/** Reads all that is known of an order, for administrators. */
@Component
class OrderDetails {

    private final Notices notices;
    private final RefundTable refunds;

    OrderDetails(Notices notices, RefundTable refunds) {
        this.notices = notices;
        this.refunds = refunds;
    }

    /**
     * An order with all that is known of it.
     *
     * @param problem what somebody has to look at; empty: nothing
     * @param notices what the platform told, answered and was asked, oldest first
     */
    record OrderDetail(
            OrderView order,
            String actor,
            String problem,
            List<Told> notices,
            List<RefundView> refunds) {}

    /** Something the platform told or answered; fields is a JSON object, without the signature. */
    record Told(
            Instant at,
            String source,
            String outcome,
            String reason,
            String address,
            String fields) {

        static Told of(Notices.Entry entry) {
            return new Told(
                    entry.at(),
                    entry.source(),
                    entry.outcome(),
                    entry.reason(),
                    entry.address(),
                    entry.fields());
        }
    }

    /**
     * A refund of the order, or of a part of it.
     *
     * @param payAmount what the payer gets, in the order's payCurrency
     * @param amount what of the credit is taken for it
     * @param bonus what of the bonus is taken for it
     */
    record RefundView(
            String id,
            Refund.State state,
            String payAmount,
            String amount,
            String bonus,
            String actor,
            String reason,
            String lastAnswer) {

        static RefundView of(Refund refund) {
            return new RefundView(
                    refund.id().toString(),
                    refund.state(),
                    refund.part().amount().toPlainString(),
                    refund.part().credit().toDecimal(),
                    refund.part().bonus().toDecimal(),
                    refund.actor(),
                    refund.reason(),
                    refund.answer());
        }
    }

    OrderDetail of(PaymentOrder order) {
        return new OrderDetail(
                OrderView.of(order, null),
                order.actor(),
                order.problem(),
                notices.of(order.id()).stream().map(Told::of).toList(),
                refunds.of(order.id()).stream().map(RefundView::of).toList());
    }
}
