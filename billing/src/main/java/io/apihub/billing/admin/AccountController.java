package io.apihub.billing.admin;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.ledger.LedgerHistory;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.Pages;
import io.apihub.billing.settings.Settings;
import io.apihub.model.money.Credits;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A tenant's balance and ledger. */
@RestController
@Tag(name = "Accounts")
class AccountController {

    private final TenantLookup tenants;
    private final Accounts accounts;
    private final LedgerHistory history;
    private final EntityTags tags;
    private final String currency;

    AccountController(
            TenantLookup tenants,
            Accounts accounts,
            LedgerHistory history,
            EntityTags tags,
            Settings settings) {
        this.tenants = tenants;
        this.accounts = accounts;
        this.history = history;
        this.tags = tags;
        this.currency = settings.currency();
    }

    /**
     * What a tenant has.
     *
     * @param balance the sum of its ledger entries
     * @param leased promised to gateways for requests under way, not spent yet
     * @param available balance + credit limit - leased
     */
    record Balance(
            String tenantId,
            String tenant,
            boolean deleted,
            String billingMode,
            String currency,
            String balance,
            String balanceMicros,
            String leased,
            String leasedMicros,
            String creditLimit,
            String creditLimitMicros,
            String available,
            String availableMicros) {}

    @Operation(summary = "What a tenant has, has leased and may still spend")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/balance")
    ResponseEntity<Balance> balance(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant) {
        var found = tenants.find(tenant);
        var limit = found.deleted() ? Credits.ZERO : found.creditLimit();
        var account =
                accounts.find(found.id())
                        .map(open ->
                                new Account(
                                        open.id(),
                                        open.tenantId(),
                                        open.balance(),
                                        open.leased(),
                                        limit))
                        .orElse(new Account(0, found.id(), Credits.ZERO, Credits.ZERO, limit));
        return tags.answer(balance(found, account));
    }

    private Balance balance(Tenant tenant, Account account) {
        return new Balance(
                tenant.id().toString(),
                tenant.name(),
                tenant.deleted(),
                tenant.mode(),
                currency,
                account.balance().toDecimal(),
                String.valueOf(account.balance().micros()),
                account.leased().toDecimal(),
                String.valueOf(account.leased().micros()),
                account.creditLimit().toDecimal(),
                String.valueOf(account.creditLimit().micros()),
                account.available().toDecimal(),
                String.valueOf(account.available().micros()));
    }

    /**
     * One movement of a tenant's account.
     *
     * @param amount positive: the balance grew
     */
    record Movement(
            String transactionId,
            String kind,
            String reference,
            Instant createdAt,
            String amount,
            String amountMicros,
            String memo,
            String actor,
            String reason) {}

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record MovementPage(List<Movement> items, @Nullable String nextCursor) {}

    @Operation(summary = "A tenant's ledger, newest first")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/ledger")
    MovementPage ledger(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var rows = history.before(tenants.find(tenant).id(), before, size + 1);
        var page = Pages.page(rows, size);
        return new MovementPage(
                page.items(AccountController::movement), page.next(row -> row.transactionId()));
    }

    private static Movement movement(LedgerHistory.Movement row) {
        return new Movement(
                String.valueOf(row.transactionId()),
                row.kind().wireName(),
                row.reference(),
                row.createdAt(),
                row.amount().toDecimal(),
                String.valueOf(row.amount().micros()),
                row.memo(),
                row.actor(),
                row.reason());
    }
}
