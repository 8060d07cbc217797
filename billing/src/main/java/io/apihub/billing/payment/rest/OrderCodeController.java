package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.identity.ClientAddress;
import io.apihub.billing.identity.Throttle;
import io.apihub.billing.payment.Cashier;
import io.apihub.billing.payment.OrderState;
import io.apihub.billing.payment.Orders;
import io.apihub.billing.payment.epay.PayCode;
import io.apihub.billing.payment.epay.Told;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.UUID;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Codes to pay orders by; each question takes some time of the platform. */
@RestController
@Tag(name = "Payments")
class OrderCodeController {

    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final int TIMES_OF_ORDER = 20;
    private static final int TIMES_OF_TENANT = 100;

    private final TenantLookup tenants;
    private final Orders orders;
    private final Cashier cashier;
    private final Throttle throttle;
    private final ClientAddress addresses;

    OrderCodeController(
            TenantLookup tenants,
            Orders orders,
            Cashier cashier,
            Throttle throttle,
            ClientAddress addresses) {
        this.tenants = tenants;
        this.orders = orders;
        this.cashier = cashier;
        this.throttle = throttle;
        this.addresses = addresses;
    }

    /**
     * How to pay without the platform's page.
     *
     * @param kind qr-code: show the content as a QR code; url, url-scheme: go there
     */
    record Code(String kind, String content) {}

    @Operation(
            summary = "A code to pay an order by",
            description =
                    "Asks the platform; a repeat gets the same code. 20 times for an order in 15"
                            + " minutes, 100 times for a tenant, then 429. 409 provider-gone:"
                            + " nobody can be paid any more.")
    @Permit(Level.DEVELOPER)
    @PostMapping("/api/v1/tenants/{tenant}/orders/{order}/code")
    Code code(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID order,
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) HttpServletRequest request) {
        var id = tenants.find(tenant).id();
        var found =
                orders.find(order)
                        .filter(one -> one.tenant().equals(id))
                        .orElseThrow(() ->
                                new Refused(Problem.notFound("The tenant has no such order.")));
        if (found.state() != OrderState.PENDING) {
            throw new Refused(
                    Problem.conflict("not-pending", "The order is " + found.state() + "."));
        }
        if (!cashier.isPayable(found)) {
            throw new Refused(
                    Problem.conflict(
                            "provider-gone",
                            "The order's provider is not configured any more. Order by another"
                                    + " one."));
        }
        throttle.count(
                new Throttle.Bound("code/order/" + order, TIMES_OF_ORDER, WINDOW),
                new Throttle.Bound("code/tenant/" + id, TIMES_OF_TENANT, WINDOW));
        var address = addresses.of(request).getHostAddress();
        cashier.codeAsked(found, caller);
        return switch (cashier.code(found, address)) {
            case Told.Yes<PayCode> yes ->
                    new Code(yes.value().kind().wireName(), yes.value().content());
            case Told.No<PayCode> no ->
                    throw new Refused(Problem.unavailable("The platform refused: " + no.message()));
            case Told.Unknown<PayCode> unknown ->
                    throw new Refused(
                            Problem.unavailable("The platform does not answer; try again."));
        };
    }
}
