package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.payment.Cashier;
import io.apihub.billing.payment.OrderState;
import io.apihub.billing.payment.Orders;
import io.apihub.billing.payment.PaymentOrder;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Pages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
    private final OrderDetails details;
    private final Cashier cashier;
    private final TransactionTemplate transactions;

    OrderAdminController(
            TenantLookup tenants,
            Orders orders,
            OrderDetails details,
            Cashier cashier,
            TransactionTemplate transactions) {
        this.tenants = tenants;
        this.orders = orders;
        this.details = details;
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

    @Operation(summary = "An order with the platform's answers")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/orders/{order}")
    OrderDetails.OrderDetail one(@PathVariable UUID order) {
        return details.of(found(order));
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
    OrderDetails.OrderDetail credit(
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
        return details.of(found(order));
    }
}
