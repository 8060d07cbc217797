package io.apihub.billing.admin;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.credit.ExpiringCredit;
import io.apihub.billing.rest.Pages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What of a tenant's credit expires. */
@RestController
@Tag(name = "Accounts")
class ExpiringCreditController {

    private final TenantLookup tenants;
    private final Accounts accounts;
    private final ExpiringCredit expiring;

    ExpiringCreditController(TenantLookup tenants, Accounts accounts, ExpiringCredit expiring) {
        this.tenants = tenants;
        this.accounts = accounts;
        this.expiring = expiring;
    }

    /**
     * Credit that expires, or did.
     *
     * @param transactionId that gave it
     * @param remaining what is left of it now; the rest was used, repaid a debt, or expired
     * @param expired what was taken back
     */
    record ExpiringCreditView(
            String transactionId,
            String amount,
            String amountMicros,
            String remaining,
            String remainingMicros,
            String expired,
            String expiredMicros,
            Instant expiresAt) {

        static ExpiringCreditView of(ExpiringCredit.Gift gift) {
            return new ExpiringCreditView(
                    String.valueOf(gift.transactionId()),
                    gift.amount().toDecimal(),
                    String.valueOf(gift.amount().micros()),
                    gift.remaining().toDecimal(),
                    String.valueOf(gift.remaining().micros()),
                    gift.expired().toDecimal(),
                    String.valueOf(gift.expired().micros()),
                    gift.expiresAt());
        }
    }

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record ExpiringCreditPage(List<ExpiringCreditView> items, @Nullable String nextCursor) {}

    @Operation(
            summary = "A tenant's credit that expires, newest first",
            description =
                    "What is used is used of the credit that expires first; credit that does not"
                            + " expire is used last.")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/expiring-credit")
    ExpiringCreditPage list(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var rows =
                accounts.find(tenants.find(tenant).id())
                        .map(account -> expiring.gifts(account, before, size + 1))
                        .orElse(List.of());
        var page = Pages.page(rows, size);
        return new ExpiringCreditPage(
                page.items(ExpiringCreditView::of), page.next(row -> row.id()));
    }
}
