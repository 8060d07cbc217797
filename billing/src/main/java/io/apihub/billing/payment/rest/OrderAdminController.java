package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.ledger.NotCovered;
import io.apihub.billing.payment.Cashier;
import io.apihub.billing.payment.Notices;
import io.apihub.billing.payment.OrderState;
import io.apihub.billing.payment.Orders;
import io.apihub.billing.payment.PaymentOrder;
import io.apihub.billing.payment.Refund;
import io.apihub.billing.payment.RefundTable;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Pages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** All orders, what the platforms said of them, and what only an administrator may decide. */
@RestController
@Tag(name = "Payments")
class OrderAdminController {

    private final TenantLookup tenants;
    private final Orders orders;
    private final Notices notices;
    private final RefundTable refunds;
    private final Cashier cashier;
    private final TransactionTemplate transactions;

    /** What an administrator reads. */
    @Component
    record Books(Orders orders, Notices notices, RefundTable refunds) {}

    OrderAdminController(
            TenantLookup tenants, Books books, Cashier cashier, TransactionTemplate transactions) {
        this.tenants = tenants;
        this.orders = books.orders();
        this.notices = books.notices();
        this.refunds = books.refunds();
        this.cashier = cashier;
        this.transactions = transactions;
    }

    @Operation(summary = "All orders, newest first")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/orders")
    OrderPage list(
            @Parameter(description = "Name or id of a tenant") @RequestParam(required = false)
                    @Nullable String tenant,
            @RequestParam(required = false) @Nullable String provider,
            @RequestParam(required = false) @Nullable OrderState state,
            @Parameter(description = "Only orders that somebody has to look at")
                    @RequestParam(defaultValue = "false")
                    boolean problems,
            @RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        var most = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var id = tenant == null ? null : tenants.find(tenant).id();
        return OrderPage.of(
                orders.list(new Orders.Filter(id, provider, state, problems, before, most)), most);
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

    /** A refund of the order. */
    record RefundView(
            String id, Refund.State state, String actor, String reason, String lastAnswer) {

        static RefundView of(Refund refund) {
            return new RefundView(
                    refund.id().toString(),
                    refund.state(),
                    refund.actor(),
                    refund.reason(),
                    refund.answer());
        }
    }

    @Operation(summary = "An order with the platform's answers")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/orders/{order}")
    OrderDetail one(@PathVariable UUID order) {
        return detail(found(order));
    }

    private OrderDetail detail(PaymentOrder order) {
        return new OrderDetail(
                OrderView.of(order, null),
                order.actor(),
                order.problem(),
                notices.of(order.id()).stream().map(Told::of).toList(),
                refunds.of(order.id()).stream().map(RefundView::of).toList());
    }

    private PaymentOrder found(UUID order) {
        return orders.find(order)
                .orElseThrow(() -> new Refused(Problem.notFound("There is no such order.")));
    }

    /** Why somebody decides so; kept for ever. */
    record Decision(@Nullable String reason) {}

    @Operation(
            summary = "Credit an order without the platform's word",
            description =
                    "For what the platform can't answer. If it tells of the payment later, that is"
                            + " not credited again. Safe to repeat: an order is credited once.")
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/orders/{order}/credit")
    OrderDetail credit(
            @PathVariable UUID order,
            @RequestBody Decision decision,
            @Parameter(hidden = true) Caller administrator) {
        var id = found(order).id();
        var reason = Reasons.checked(decision.reason());
        boolean done =
                Boolean.TRUE.equals(
                        transactions.execute(status -> cashier.credit(id, administrator, reason)));
        if (!done) {
            throw new Refused(Problem.conflict("paid-already", "The order is paid already."));
        }
        return detail(found(order));
    }

    @Operation(
            summary = "Give an order's payment back",
            description =
                    "Takes the credit from the tenant first; then the platform is told, and asked"
                            + " until it says that the payer has the money. Safe to repeat: an"
                            + " order is given back once.")
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/orders/{order}/refunds")
    OrderDetail refund(
            @PathVariable UUID order,
            @RequestBody Decision decision,
            @Parameter(hidden = true) Caller administrator) {
        var found = found(order);
        var reason = Reasons.checked(decision.reason());
        try {
            cashier.makeRoom(found);
            boolean begun =
                    Boolean.TRUE.equals(
                            transactions.execute(
                                    status -> cashier.refund(order, administrator, reason)));
            if (!begun) {
                throw new Refused(
                        Problem.conflict(
                                "not-refundable",
                                "Only an order that is credited, and paid through the platform,"
                                        + " can be given back."));
            }
        } catch (NotCovered e) {
            throw new Refused(
                    Problem.conflict(
                            "not-covered",
                            "The tenant has spent the credit, or gateways still hold it and were"
                                    + " told to return it; try again in some seconds."));
        }
        return detail(found(order));
    }
}
