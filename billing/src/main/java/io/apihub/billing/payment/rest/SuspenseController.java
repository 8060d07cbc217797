package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.payment.Suspense;
import io.apihub.billing.payment.SuspenseOffice;
import io.apihub.billing.payment.SuspenseOffice.Outcome;
import io.apihub.billing.payment.SuspenseTable;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Pages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Money that came and was credited to nobody, and what administrators decide of it. */
@RestController
@Tag(name = "Payments")
class SuspenseController {

    private final TenantLookup tenants;
    private final SuspenseTable table;
    private final SuspenseOffice office;
    private final TransactionTemplate transactions;

    SuspenseController(
            TenantLookup tenants,
            SuspenseTable table,
            SuspenseOffice office,
            TransactionTemplate transactions) {
        this.tenants = tenants;
        this.table = table;
        this.office = office;
        this.transactions = transactions;
    }

    /**
     * A payment that was credited to nobody.
     *
     * @param orderTenantId the tenant that ordered
     * @param payAmount what came, in payCurrency
     * @param amount its value as credit, in the installation's currency; no bonus is in it
     * @param tenantId who has the credit; absent unless it is credited
     */
    record SuspenseView(
            String id,
            String provider,
            String tradeNo,
            UUID orderId,
            UUID orderTenantId,
            String payAmount,
            String payCurrency,
            String amount,
            String amountMicros,
            String why,
            Instant createdAt,
            Suspense.State state,
            @Nullable UUID tenantId,
            @Nullable String actor,
            @Nullable String reason,
            @Nullable Instant decidedAt) {

        static SuspenseView of(Suspense item) {
            var decision = item.decision();
            return new SuspenseView(
                    String.valueOf(item.id()),
                    item.provider(),
                    item.tradeNo(),
                    item.order(),
                    item.ordered(),
                    item.paid().toPlainString(),
                    item.currency(),
                    item.value().toDecimal(),
                    String.valueOf(item.value().micros()),
                    item.why(),
                    item.createdAt(),
                    decision == null ? Suspense.State.OPEN : decision.state(),
                    decision == null ? null : decision.tenant(),
                    decision == null ? null : decision.actor(),
                    decision == null ? null : decision.reason(),
                    decision == null ? null : decision.at());
        }
    }

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record SuspensePage(List<SuspenseView> items, @Nullable String nextCursor) {}

    @Operation(summary = "Payments that were credited to nobody, newest first")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/suspense")
    SuspensePage list(
            @Parameter(description = "Only those that nobody has decided yet")
                    @RequestParam(defaultValue = "true")
                    boolean open,
            @RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int most = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var items = table.before(before, open, most);
        return new SuspensePage(
                items.stream().map(SuspenseView::of).toList(),
                items.size() < most ? null : Pages.cursor(items.getLast().id()));
    }

    /**
     * What becomes of a payment.
     *
     * @param tenant name or id of who gets the credit; absent: the tenant that ordered
     * @param reason why; kept for ever
     */
    record SuspenseCredit(@Nullable String tenant, @Nullable String reason) {}

    @Operation(
            summary = "Credit a payment in suspense",
            description =
                    "To the tenant that ordered, or to another. No bonus comes with it. Decided"
                            + " once: a repeat is 409 decided-already.")
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/suspense/{id}/credit")
    SuspenseView credit(
            @PathVariable long id,
            @RequestBody SuspenseCredit wanted,
            @Parameter(hidden = true) Caller administrator) {
        var item = found(id);
        var reason = Reasons.checked(wanted.reason());
        var tenant = wanted.tenant() == null ? item.ordered() : tenants.find(wanted.tenant()).id();
        return decided(id, () -> office.credit(item, tenant, administrator, reason));
    }

    /** Why somebody decides so; kept for ever. */
    record SuspenseReturn(@Nullable String reason) {}

    @Operation(
            summary = "Note that the payer has a payment in suspense again",
            description =
                    "Moves no money: give it back at the platform first. Decided once: a repeat is"
                            + " 409 decided-already.")
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/suspense/{id}/return")
    SuspenseView returned(
            @PathVariable long id,
            @RequestBody SuspenseReturn wanted,
            @Parameter(hidden = true) Caller administrator) {
        var item = found(id);
        var reason = Reasons.checked(wanted.reason());
        return decided(id, () -> office.returned(item, administrator, reason));
    }

    private SuspenseView decided(long id, Supplier<Outcome> decision) {
        return switch (Objects.requireNonNull(transactions.execute(status -> decision.get()))) {
            case DONE -> SuspenseView.of(found(id));
            case REPEATED ->
                    throw new Refused(
                            Problem.conflict(
                                    "decided-already",
                                    "What becomes of this payment is decided already."));
            case NO_ACCOUNT ->
                    throw new Refused(
                            Problem.conflict(
                                    "no-account",
                                    "The tenant has no account; choose another tenant."));
        };
    }

    private Suspense found(long id) {
        return table.find(id)
                .orElseThrow(() -> new Refused(Problem.notFound("There is no such payment.")));
    }
}
