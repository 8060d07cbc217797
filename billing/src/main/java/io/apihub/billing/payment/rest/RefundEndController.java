package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.payment.Orders;
import io.apihub.billing.payment.RefundOffice;
import io.apihub.billing.payment.RefundOffice.Outcome;
import io.apihub.billing.payment.rest.OrderDetails.OrderDetail;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Ending refunds by hand. */
@RestController
@Tag(name = "Payments")
class RefundEndController {

    private final RefundOffice office;
    private final Orders orders;
    private final OrderDetails details;
    private final TransactionTemplate transactions;

    RefundEndController(
            RefundOffice office,
            Orders orders,
            OrderDetails details,
            TransactionTemplate transactions) {
        this.office = office;
        this.orders = orders;
        this.details = details;
        this.transactions = transactions;
    }

    /**
     * What became of a refund.
     *
     * @param paid true: the payer has the money; false: not, and the tenant gets the credit again
     * @param reason how that is known; kept for ever
     */
    record RefundEnd(@Nullable Boolean paid, @Nullable String reason) {}

    @Operation(
            summary = "End a refund that the platform does not end",
            description =
                    "For a platform that is gone or can't tell. Moves no money: find out at the"
                            + " platform what became of it first. If the platform says later that it"
                            + " paid what the tenant has again, the order's problem says so. Ended"
                            + " once: a repeat is 409 ended-already.")
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/orders/{order}/refunds/{refund}/end")
    OrderDetail endRefund(
            @PathVariable UUID order,
            @PathVariable UUID refund,
            @RequestBody RefundEnd wanted,
            @Parameter(hidden = true) Caller administrator) {
        if (orders.find(order).isEmpty()) {
            throw new Refused(Problem.notFound("There is no such order."));
        }
        var paid = wanted.paid();
        if (paid == null) {
            throw new Refused(Problem.invalid("paid", "Must be true or false."));
        }
        var reason = Reasons.checked(wanted.reason());
        return switch (outcome(order, refund, paid, administrator, reason)) {
            case DONE -> details.of(orders.find(order).orElseThrow());
            case UNKNOWN -> throw new Refused(Problem.notFound("The order has no such refund."));
            case REPEATED ->
                    throw new Refused(
                            Problem.conflict("ended-already", "The refund is at its end."));
        };
    }

    private Outcome outcome(
            UUID order, UUID refund, boolean paid, Caller administrator, String reason) {
        return Objects.requireNonNull(
                transactions.execute(
                        status -> office.end(order, refund, paid, administrator, reason)));
    }
}
