package io.apihub.billing.payment;

import io.apihub.billing.access.Caller;
import io.apihub.billing.audit.AuditLog;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Where people end what no platform ends: a refund at a platform that is gone, or can't tell. No
 * money moves; what became of it they know from elsewhere.
 */
@Component
public class RefundOffice {

    private final Orders orders;
    private final RefundTable table;
    private final Refunds refunds;
    private final AuditLog audit;

    RefundOffice(Orders orders, RefundTable table, Refunds refunds, AuditLog audit) {
        this.orders = orders;
        this.table = table;
        this.refunds = refunds;
        this.audit = audit;
    }

    /** What came of a decision. */
    public enum Outcome {
        DONE,
        /** The order has no such refund. */
        UNKNOWN,
        /** It is at its end. */
        REPEATED
    }

    /**
     * Ends a refund that is under way.
     *
     * @param paid whether the payer has the money; otherwise the tenant gets the credit again
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome end(UUID order, UUID refund, boolean paid, Caller person, String reason) {
        orders.lock(order);
        var found = table.of(order).stream().filter(one -> one.id().equals(refund)).findFirst();
        if (found.isEmpty()) {
            return Outcome.UNKNOWN;
        }
        if (!refunds.end(found.get(), paid, person.name(), reason)) {
            return Outcome.REPEATED;
        }
        audit.record(
                person,
                "order.refund-ended",
                "order/" + order,
                Map.of(
                        "refund",
                        refund.toString(),
                        "outcome",
                        paid ? "payer-has-the-money" : "tenant-has-the-credit",
                        "reason",
                        reason));
        return Outcome.DONE;
    }
}
