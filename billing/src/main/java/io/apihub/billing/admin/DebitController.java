package io.apihub.billing.admin;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.credit.Debit;
import io.apihub.billing.credit.Debits;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.rest.MoneyFields;
import io.apihub.billing.rest.Pages;
import io.apihub.billing.rest.Replies;
import io.apihub.model.money.Credits;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Credit that an administrator takes. */
@RestController
@Tag(name = "Accounts")
class DebitController {

    private final TenantLookup tenants;
    private final Accounts accounts;
    private final Debits debits;
    private final AuditLog audit;
    private final IdempotentAnswers answers;
    private final EntityTags tags;

    DebitController(
            TenantLookup tenants,
            Accounts accounts,
            Debits debits,
            AuditLog audit,
            Replies replies) {
        this.tenants = tenants;
        this.accounts = accounts;
        this.debits = debits;
        this.audit = audit;
        this.answers = replies.answers();
        this.tags = replies.tags();
    }

    /**
     * A debit to make.
     *
     * @param amount decimal in the installation's currency, more than zero, at most six decimals
     * @param reason kept in the ledger for ever
     */
    record NewDebit(@Nullable String amount, @Nullable String reason) {}

    /**
     * A debit.
     *
     * @param taken of it so far; in the ledger as one adjustment or several
     * @param state PENDING: the rest is taken as soon as it is free; DONE; CANCELLED
     */
    record DebitView(
            String id,
            String tenantId,
            String amount,
            String amountMicros,
            String taken,
            String takenMicros,
            Debit.State state,
            String actor,
            String reason,
            Instant createdAt,
            @Nullable Instant endedAt) {

        static DebitView of(Tenant tenant, Debit debit) {
            return new DebitView(
                    debit.id().toString(),
                    tenant.id().toString(),
                    debit.amount().toDecimal(),
                    String.valueOf(debit.amount().micros()),
                    debit.taken().toDecimal(),
                    String.valueOf(debit.taken().micros()),
                    debit.state(),
                    debit.actor(),
                    debit.reason(),
                    debit.createdAt(),
                    debit.endedAt());
        }
    }

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record DebitPage(List<DebitView> items, @Nullable String nextCursor) {}

    @Operation(
            summary = "Take credit from a tenant",
            description =
                    "Takes at once what is free. What gateways have leased is called back, and taken"
                            + " as it returns: until then the debit is PENDING. More than balance and"
                            + " credit limit together is refused: 409 not-covered. Needs an"
                            + " Idempotency-Key: a repeat with the same key takes nothing again.")
    @ApiResponse(
            responseCode = "201",
            description = "Made; with the header Idempotency-Replayed: true, made before",
            content = @Content(schema = @Schema(implementation = DebitView.class)))
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/tenants/{tenant}/debits")
    ResponseEntity<String> debit(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestHeader("Idempotency-Key") String key,
            @RequestBody NewDebit wanted,
            @Parameter(hidden = true) Caller administrator) {
        var amount = MoneyFields.positive("amount", wanted.amount());
        var reason = MoneyFields.reason(wanted.reason());
        var found = tenants.find(tenant);
        return answers.once(
                administrator.name(),
                key,
                List.of("debit", found.id(), amount.micros(), reason),
                () ->
                        new IdempotentAnswers.Answer(
                                HttpStatus.CREATED.value(),
                                begin(found, amount, reason, administrator)));
    }

    private DebitView begin(Tenant tenant, Credits amount, String reason, Caller administrator) {
        var account = lock(tenant);
        var most = account.balance().plus(account.creditLimit());
        if (!most.covers(amount)) {
            throw new Refused(
                    Problem.conflict(
                            "not-covered",
                            "The tenant has "
                                    + most.toDecimal()
                                    + ", what is leased and its credit limit included."));
        }
        var debit = debits.begin(account, amount, administrator.name(), reason);
        record(administrator, "debit.made", tenant, debit);
        return DebitView.of(tenant, debit);
    }

    @Operation(summary = "What administrators took from a tenant, newest first")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/debits")
    DebitPage list(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var before = cursor == null ? null : Pages.id(cursor);
        var found = tenants.find(tenant);
        var rows =
                accounts.find(found.id())
                        .map(account -> debits.before(account.id(), before, size + 1))
                        .orElse(List.of());
        var page = Pages.page(rows, size);
        return new DebitPage(
                page.items(debit -> DebitView.of(found, debit)), page.next(row -> row.id()));
    }

    @Operation(summary = "One debit")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/debits/{id}")
    ResponseEntity<DebitView> get(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id) {
        var found = tenants.find(tenant);
        return tags.answer(
                accounts.find(found.id())
                        .flatMap(account -> debits.find(account.id(), id))
                        .map(debit -> DebitView.of(found, debit))
                        .orElseThrow(DebitController::unknown));
    }

    @Operation(
            summary = "Give up what a debit has not taken yet",
            description = "What it took stays taken; give it back with a grant. Safe to repeat.")
    @Permit(Level.ADMINISTRATOR)
    @DeleteMapping("/api/v1/tenants/{tenant}/debits/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    void cancel(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller administrator) {
        var found = tenants.find(tenant);
        var account = lock(found);
        var debit = debits.find(account.id(), id).orElseThrow(DebitController::unknown);
        tags.check(ifMatch, DebitView.of(found, debit));
        if (debit.state() == Debit.State.PENDING) {
            debits.cancel(debit);
            record(administrator, "debit.cancelled", found, debit);
        }
    }

    private Account lock(Tenant tenant) {
        var account = accounts.lock(List.of(tenant.id())).get(tenant.id());
        if (account == null) {
            throw new Refused(Problem.notFound("The tenant has just gone."));
        }
        return account;
    }

    private void record(Caller administrator, String action, Tenant tenant, Debit debit) {
        audit.record(
                administrator,
                action,
                "tenant/" + tenant.name(),
                Map.of(
                        "debit", debit.id().toString(),
                        "amount", debit.amount().toDecimal(),
                        "taken", debit.taken().toDecimal()));
    }

    private static Refused unknown() {
        return new Refused(Problem.notFound("The tenant has no debit of this id."));
    }
}
