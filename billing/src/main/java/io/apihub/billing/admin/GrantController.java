package io.apihub.billing.admin;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.model.money.Credits;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Credit that an administrator gives. */
@RestController
@Tag(name = "Accounts")
class GrantController {

    private static final Pattern AMOUNT = Pattern.compile("\\d{1,12}(\\.\\d{1,6})?");
    private static final int MAX_REASON = 500;

    private final TenantLookup tenants;
    private final Accounts accounts;
    private final Ledger ledger;
    private final IdempotentAnswers answers;

    GrantController(
            TenantLookup tenants, Accounts accounts, Ledger ledger, IdempotentAnswers answers) {
        this.tenants = tenants;
        this.accounts = accounts;
        this.ledger = ledger;
        this.answers = answers;
    }

    /**
     * A grant to make.
     *
     * @param amount decimal in the installation's currency, more than zero, at most six decimals
     * @param reason kept in the ledger for ever
     */
    record NewGrant(@Nullable String amount, @Nullable String reason) {}

    /** A grant that was made, and the balance after it. */
    record Grant(
            String transactionId,
            String tenantId,
            String amount,
            String amountMicros,
            String balance,
            String balanceMicros,
            String actor,
            String reason) {}

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
        var amount = amount(grant.amount());
        var reason = reason(grant.reason());
        var found = tenants.find(tenant);
        var request = "grant\n" + found.id() + "\n" + amount.micros() + "\n" + reason;
        return answers.once(
                new IdempotentAnswers.Key(administrator.name(), key),
                request,
                () ->
                        new IdempotentAnswers.Answer(
                                HttpStatus.CREATED.value(),
                                post(found, amount, reason, administrator, key)));
    }

    private Grant post(
            Tenant tenant, Credits amount, String reason, Caller administrator, String key) {
        var account = accounts.lock(List.of(tenant.id())).get(tenant.id());
        if (account == null) {
            throw new Refused(Problem.notFound("The tenant has just gone."));
        }
        var posted =
                ledger.post(
                        Posting.transfer(
                                        TransactionKind.GRANT,
                                        "grant/" + administrator.name() + "/" + key,
                                        accounts.id(PlatformAccount.GRANTS),
                                        account.id(),
                                        amount)
                                .by(administrator.name(), reason));
        var balance = account.balance().plus(amount);
        return new Grant(
                String.valueOf(posted.transactionId()),
                tenant.id().toString(),
                amount.toDecimal(),
                String.valueOf(amount.micros()),
                balance.toDecimal(),
                String.valueOf(balance.micros()),
                administrator.name(),
                reason);
    }

    private static Credits amount(@Nullable String text) {
        if (text == null || !AMOUNT.matcher(text).matches() || !Credits.parse(text).isPositive()) {
            throw new Refused(
                    Problem.invalid(
                            "amount",
                            "Must be a decimal string above zero with at most 12 digits before and"
                                    + " 6 after the point, such as \"10.50\"."));
        }
        return Credits.parse(text);
    }

    private static String reason(@Nullable String text) {
        if (text == null
                || text.isBlank()
                || text.length() > MAX_REASON
                || text.chars().anyMatch(Character::isISOControl)) {
            throw new Refused(
                    Problem.invalid(
                            "reason",
                            "Must say why, in 1 to "
                                    + MAX_REASON
                                    + " characters without control characters."));
        }
        return text.strip();
    }
}
