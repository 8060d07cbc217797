package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.ledger.NotCovered;
import io.apihub.billing.payment.Cashier;
import io.apihub.billing.payment.Orders;
import io.apihub.billing.payment.PaymentOrder;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.IdempotentAnswers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Money back, for administrators to decide. */
@RestController
@Tag(name = "Payments")
class RefundController {

    /** ASCII digits only. */
    private static final Pattern AMOUNT = Pattern.compile("(0|[1-9][0-9]{0,9})(\\.[0-9]{1,2})?");

    private final Orders orders;
    private final OrderDetails details;
    private final Cashier cashier;
    private final IdempotentAnswers answers;

    RefundController(
            Orders orders, OrderDetails details, Cashier cashier, IdempotentAnswers answers) {
        this.orders = orders;
        this.details = details;
        this.cashier = cashier;
        this.answers = answers;
    }

    /**
     * What is to be given back.
     *
     * @param amount in the order's payCurrency, a decimal of at most two decimals; absent: all that
     *     is left
     * @param reason why; kept for ever
     */
    record NewRefund(@Nullable String amount, @Nullable String reason) {}

    @Operation(
            summary = "Give an order's payment back, or a part of it",
            description =
                    "Takes its share of credit and bonus from the tenant first; then the platform is"
                            + " told, and asked until it says that the payer has the money. One at a"
                            + " time, and never more than was paid. Needs an Idempotency-Key if"
                            + " there is an amount; without one, a repeat finds nothing left.")
    @ApiResponse(
            responseCode = "200",
            description = "Begun; with the header Idempotency-Replayed: true, begun before",
            content = @Content(schema = @Schema(implementation = OrderDetails.OrderDetail.class)))
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/orders/{order}/refunds")
    ResponseEntity<String> refund(
            @PathVariable UUID order,
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody NewRefund wanted,
            @Parameter(hidden = true) Caller administrator) {
        var found = found(order);
        var reason = Reasons.checked(wanted.reason());
        var amount = amount(found, wanted.amount());
        if (amount != null && key == null) {
            throw new Refused(
                    Problem.invalid(
                            "Idempotency-Key",
                            "Must be there with an amount: 1 to 200 characters."));
        }
        try {
            cashier.makeRoom(found, amount);
            return answers.once(
                    administrator.name(),
                    key,
                    Arrays.asList("refund", order, wanted.amount(), reason),
                    () -> begin(found, amount, administrator, reason));
        } catch (NotCovered e) {
            throw new Refused(
                    Problem.conflict(
                            "not-covered",
                            "The tenant has spent the credit, or gateways still hold it and were"
                                    + " told to return it; try again in some seconds."));
        }
    }

    private IdempotentAnswers.Answer begin(
            PaymentOrder order, @Nullable BigDecimal amount, Caller administrator, String reason) {
        return switch (cashier.refund(order.id(), amount, administrator, reason)) {
            case BEGUN ->
                    new IdempotentAnswers.Answer(
                            HttpStatus.OK.value(), details.of(found(order.id())));
            case UNDER_WAY ->
                    throw new Refused(
                            Problem.conflict(
                                    "refund-under-way",
                                    "Another refund of this order is not at its end yet."));
            case TOO_MUCH -> throw tooMuch(found(order.id()));
            case NOT_REFUNDABLE ->
                    throw new Refused(
                            Problem.conflict(
                                    "not-refundable",
                                    "Only an order that is credited, and paid through the platform,"
                                            + " can be given back."));
        };
    }

    private static @Nullable BigDecimal amount(PaymentOrder order, @Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!AMOUNT.matcher(text).matches() || new BigDecimal(text).signum() == 0) {
            throw tooMuch(order);
        }
        return new BigDecimal(text).setScale(2);
    }

    private static Refused tooMuch(PaymentOrder order) {
        return new Refused(
                Problem.invalid(
                        "amount",
                        "Must be 0.01 to "
                                + order.refundable().toPlainString()
                                + " "
                                + order.price().currency()
                                + ", as a string of the digits 0-9 with at most two decimals."));
    }

    private PaymentOrder found(UUID order) {
        return orders.find(order)
                .orElseThrow(() -> new Refused(Problem.notFound("There is no such order.")));
    }
}
