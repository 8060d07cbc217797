package io.apihub.billing.plan.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.payment.Cashier;
import io.apihub.billing.payment.Orders;
import io.apihub.billing.payment.PaymentOrder;
import io.apihub.billing.payment.Ways;
import io.apihub.billing.plan.Action;
import io.apihub.billing.plan.PlanDesk;
import io.apihub.billing.plan.PlanDesk.Wanted;
import io.apihub.billing.plan.PlanOrders;
import io.apihub.billing.plan.PlanOrders.PlanOrder;
import io.apihub.billing.plan.PlanVersion;
import io.apihub.billing.plan.Plans;
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
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Plans that are paid by an order. */
@RestController
@Tag(name = "Plans")
class PlanOrderController {

    private final TenantLookup tenants;
    private final PlanDesk desk;
    private final PlanFields fields;
    private final Shown shown;
    private final Ways ways;
    private final IdempotentAnswers answers;

    /** What orders for plans are shown from. */
    @Component
    record Shown(PlanOrders planOrders, Orders orders, Plans plans, Cashier cashier) {}

    PlanOrderController(
            TenantLookup tenants,
            PlanDesk desk,
            PlanFields fields,
            Shown shown,
            Ways ways,
            IdempotentAnswers answers) {
        this.tenants = tenants;
        this.desk = desk;
        this.fields = fields;
        this.shown = shown;
        this.ways = ways;
        this.answers = answers;
    }

    /**
     * Something to order.
     *
     * @param action BUY, RENEW or CHANGE
     * @param plan to buy or to change to
     * @param autoRenew of a plan that is bought; true if absent
     * @param provider name of one of the top-up options' providers
     * @param type one of the provider's types
     */
    record NewPlanOrder(
            @Nullable Action action,
            @Nullable String plan,
            @Nullable Boolean autoRenew,
            @Nullable String provider,
            @Nullable String type) {}

    /**
     * An order for a plan.
     *
     * @param orderId of the order, which is among the tenant's orders too
     * @param amount of credit that is bought with it and spent on the plan; what is too much stays
     *     in the balance
     * @param state WAITING for the payment; DONE; REFUSED: it was paid, but could not be bought any
     *     more, and the credit is in the balance
     * @param reason why it was refused
     * @param payUrl where a browser goes to pay, while it may
     */
    record PlanOrderView(
            String orderId,
            Action action,
            String plan,
            int version,
            PlanOrders.State state,
            @Nullable String reason,
            String amount,
            String amountMicros,
            String payAmount,
            String payCurrency,
            Instant createdAt,
            Instant expiresAt,
            @Nullable String payUrl) {}

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record PlanOrderPage(List<PlanOrderView> items, @Nullable String nextCursor) {}

    @Operation(
            summary = "Order a plan, its next period or a change",
            description =
                    "Needs an Idempotency-Key: a repeat with the same key gets the same answer, and"
                            + " orders nothing again. It is done as soon as the order is paid, at"
                            + " the price of that moment, and only what was ordered: the same"
                            + " period of the same plan, for no higher price. Otherwise what was"
                            + " paid is in the balance.")
    @ApiResponse(
            responseCode = "201",
            description = "Ordered; with the header Idempotency-Replayed: true, ordered before",
            content = @Content(schema = @Schema(implementation = PlanOrderView.class)))
    @Permit(Level.OWNER)
    @PostMapping("/api/v1/tenants/{tenant}/subscription/orders")
    ResponseEntity<String> order(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestHeader("Idempotency-Key") String key,
            @RequestBody NewPlanOrder body,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        var wanted = wanted(found.id(), body);
        var provider = ways.of(body.provider(), body.type());
        var type = Objects.requireNonNull(body.type());
        var version = wanted.version();
        return answers.once(
                caller.name(),
                key,
                Arrays.asList(
                        "plan-order",
                        found.id(),
                        wanted.action(),
                        version == null ? null : version.name(),
                        wanted.autoRenew(),
                        provider.name(),
                        type),
                () ->
                        new IdempotentAnswers.Answer(
                                HttpStatus.CREATED.value(),
                                view(desk.order(found, wanted, provider, type, caller))));
    }

    private Wanted wanted(UUID tenant, NewPlanOrder body) {
        var action = body.action();
        if (action == null) {
            throw new Refused(Problem.invalid("action", "Must be BUY, RENEW or CHANGE."));
        }
        PlanVersion version =
                switch (action) {
                    case BUY -> fields.forSale(body.plan());
                    case CHANGE -> fields.wanted(tenant, body.plan());
                    case RENEW -> null;
                };
        return new Wanted(action, version, !Boolean.FALSE.equals(body.autoRenew()));
    }

    private PlanOrderView view(PaymentOrder order) {
        var plan = shown.planOrders().find(order.id()).orElseThrow();
        return view(plan, order, shown.plans().version(plan.version()));
    }

    private PlanOrderView view(PlanOrder plan, PaymentOrder order, PlanVersion version) {
        return new PlanOrderView(
                order.id().toString(),
                plan.action(),
                version.name(),
                version.number(),
                plan.state(),
                plan.reason().isEmpty() ? null : plan.reason(),
                order.credit().toDecimal(),
                String.valueOf(order.credit().micros()),
                order.price().amount().toPlainString(),
                order.price().currency(),
                plan.createdAt(),
                order.expiresAt(),
                shown.cashier().page(order).map(URI::toString).orElse(null));
    }

    @Operation(summary = "A tenant's orders for plans, newest first")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/subscription/orders")
    PlanOrderPage list(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "50") int limit) {
        var size = Pages.limit(limit);
        var id = tenants.find(tenant).id();
        var rows =
                shown.planOrders().before(id, cursor == null ? null : Pages.id(cursor), size + 1);
        var page = Pages.page(rows, size);
        var orders = shown.orders().find(page.rows().stream().map(PlanOrder::order).toList());
        var versions =
                shown.plans()
                        .versions(
                                page.rows().stream()
                                        .map(PlanOrder::version)
                                        .collect(Collectors.toSet()));
        return new PlanOrderPage(
                page.items(row ->
                        view(
                                row,
                                Objects.requireNonNull(orders.get(row.order())),
                                Objects.requireNonNull(versions.get(row.version())))),
                page.next(row -> row.order()));
    }
}
