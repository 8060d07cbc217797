package io.apihub.billing.admin;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.credit.ExpiringCredit;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posted;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.rest.MoneyFields;
import io.apihub.billing.rest.Parameters;
import io.apihub.model.money.Credits;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Credit that an administrator gives. */
@RestController
@Tag(name = "Accounts")
class GrantController {

    private final TenantLookup tenants;
    private final Accounts accounts;
    private final Ledger ledger;
    private final ExpiringCredit expiring;
    private final AuditLog audit;
    private final IdempotentAnswers answers;
    private final InstantSource clock;

    GrantController(
            TenantLookup tenants,
            Books books,
            AuditLog audit,
            IdempotentAnswers answers,
            InstantSource clock) {
        this.tenants = tenants;
        this.accounts = books.accounts();
        this.ledger = books.ledger();
        this.expiring = books.expiring();
        this.audit = audit;
        this.answers = answers;
        this.clock = clock;
    }

    /** What a grant is written into. */
    @Component("grantBooks")
    record Books(Accounts accounts, Ledger ledger, ExpiringCredit expiring) {}

    /**
     * A grant to make.
     *
     * @param amount decimal in the installation's currency, more than zero, at most six decimals
     * @param reason kept in the ledger for ever
     * @param expiresAt RFC 3339, in the future: what is unused then is taken back; absent: never
     */
    record NewGrant(@Nullable String amount, @Nullable String reason, @Nullable String expiresAt) {}

    /** A grant that was made, and the balance after it. */
    record Grant(
            String transactionId,
            String tenantId,
            String amount,
            String amountMicros,
            String balance,
            String balanceMicros,
            String actor,
            String reason,
            @Nullable Instant expiresAt) {}

    @Operation(
            summary = "Give a tenant credit",
            description =
                    "Needs an Idempotency-Key: a repeat with the same key gets the same answer and"
                            + " gives nothing again, however much later it comes.")
    @ApiResponse(
            responseCode = "201",
            description = "Given; with the header Idempotency-Replayed: true, given before",
            content = @Content(schema = @Schema(implementation = Grant.class)))
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/tenants/{tenant}/grants")
    ResponseEntity<String> grant(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestHeader("Idempotency-Key") String key,
            @RequestBody NewGrant grant,
            @Parameter(hidden = true) Caller administrator) {
        var wanted =
                new Wanted(
                        MoneyFields.positive("amount", grant.amount()),
                        MoneyFields.reason(grant.reason()),
                        // A repeat may come when the time has passed.
                        Parameters.time("expiresAt", grant.expiresAt()));
        var found = tenants.find(tenant);
        return answers.once(
                new IdempotentAnswers.Key(administrator.name(), key),
                "grant\n" + found.id() + "\n" + wanted.request(),
                () ->
                        new IdempotentAnswers.Answer(
                                HttpStatus.CREATED.value(),
                                post(found, wanted, administrator, key)));
    }

    private record Wanted(Credits amount, String reason, @Nullable Instant expiresAt) {

        String request() {
            return amount.micros() + "\n" + reason + (expiresAt == null ? "" : "\n" + expiresAt);
        }
    }

    private Grant post(Tenant tenant, Wanted wanted, Caller administrator, String key) {
        var account = accounts.lock(List.of(tenant.id())).get(tenant.id());
        if (account == null) {
            throw new Refused(Problem.notFound("The tenant has just gone."));
        }
        var posting =
                Posting.transfer(
                                TransactionKind.GRANT,
                                "grant/" + administrator.name() + "/" + key,
                                accounts.id(PlatformAccount.GRANTS),
                                account.id(),
                                wanted.amount())
                        .by(administrator.name(), wanted.reason());
        var posted = post(account, posting, wanted);
        audit.record(
                administrator,
                "grant.made",
                "tenant/" + tenant.name(),
                Map.of(
                        "transaction", String.valueOf(posted.transactionId()),
                        "amount", wanted.amount().toDecimal()));
        var balance = account.balance().plus(wanted.amount());
        return new Grant(
                String.valueOf(posted.transactionId()),
                tenant.id().toString(),
                wanted.amount().toDecimal(),
                String.valueOf(wanted.amount().micros()),
                balance.toDecimal(),
                String.valueOf(balance.micros()),
                administrator.name(),
                wanted.reason(),
                wanted.expiresAt());
    }

    private Posted post(Account account, Posting posting, Wanted wanted) {
        var expiresAt = wanted.expiresAt();
        if (expiresAt == null) {
            return ledger.post(posting);
        }
        if (!expiresAt.isAfter(clock.instant())) {
            throw new Refused(Problem.invalid("expiresAt", "Must be in the future."));
        }
        return expiring.post(account, posting, wanted.amount(), expiresAt);
    }
}
