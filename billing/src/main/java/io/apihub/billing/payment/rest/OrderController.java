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
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.rest.Pages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A tenant's orders. */
@RestController
@Tag(name = "Payments")
class OrderController {

    private final TenantLookup tenants;
    private final Orders orders;
    private final Cashier cashier;
    private final Wishes wishes;
    private final IdempotentAnswers answers;

    OrderController(
            TenantLookup tenants,
            Orders orders,
            Cashier cashier,
            Wishes wishes,
            IdempotentAnswers answers) {
        this.tenants = tenants;
        this.orders = orders;
        this.cashier = cashier;
        this.wishes = wishes;
        this.answers = answers;
    }

    /**
     * An order to make.
     *
     * @param amount of credit in the installation's currency, a decimal of at most two decimals
     * @param provider name of one of the top-up options' providers
     * @param type one of the provider's types
     */
    record NewOrder(@Nullable String amount, @Nullable String provider, @Nullable String type) {}

    @Operation(
            summary = "Order credit",
            description =
                    "Needs an Idempotency-Key: a repeat with the same key gets the same answer, and"
                            + " orders nothing again. Amount, rate, fee and bonus are fixed in the"
                            + " order. Send a browser to its payUrl, or ask for a code.")
    @ApiResponse(
            responseCode = "201",
            description = "Ordered; with the header Idempotency-Replayed: true, ordered before",
            content = @Content(schema = @Schema(implementation = OrderView.class)))
    @Permit(Level.DEVELOPER)
    @PostMapping("/api/v1/tenants/{tenant}/orders")
    ResponseEntity<String> order(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestHeader("Idempotency-Key") String key,
            @RequestBody NewOrder order,
            @Parameter(hidden = true) Caller caller) {
        var wish = wishes.of(order.amount(), order.provider(), order.type());
        var found = tenants.find(tenant);
        return answers.once(
                caller.name(),
                key,
                List.of(
                        "order",
                        found.id(),
                        wish.provider().name(),
                        wish.type(),
                        wish.credit().micros()),
                () ->
                        new IdempotentAnswers.Answer(
                                HttpStatus.CREATED.value(),
                                view(cashier.open(found, caller, wish))));
    }

    private OrderView view(PaymentOrder order) {
        return OrderView.of(order, cashier.page(order).orElse(null));
    }

    @Operation(summary = "A tenant's orders, newest first")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/orders")
    OrderPage list(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "Only orders in this state") @RequestParam(required = false)
                    @Nullable OrderState state,
            @RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        var most = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var id = tenants.find(tenant).id();
        return OrderPage.of(
                orders.list(new Orders.Filter(id, null, state, false, before, most)), most);
    }

    @Operation(summary = "An order")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/orders/{order}")
    OrderView one(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID order) {
        return view(found(tenant, order));
    }

    private PaymentOrder found(String tenant, UUID order) {
        var id = tenants.find(tenant).id();
        return orders.find(order)
                .filter(one -> one.tenant().equals(id))
                .orElseThrow(() -> new Refused(Problem.notFound("The tenant has no such order.")));
    }
}
