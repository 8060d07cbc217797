package io.apihub.billing.redemption;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.identity.ClientAddress;
import io.apihub.billing.identity.Throttle;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.IdempotentAnswers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Redeeming codes. */
@RestController
@Tag(name = "Codes")
class RedemptionController {

    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final int TRIES_OF_USER = 10;

    /** Larger: a whole office may have one address. */
    private static final int TRIES_OF_ADDRESS = 60;

    private final TenantLookup tenants;
    private final Redemptions redemptions;
    private final IdempotentAnswers answers;
    private final Throttle throttle;
    private final ClientAddress addresses;

    RedemptionController(
            TenantLookup tenants,
            Redemptions redemptions,
            IdempotentAnswers answers,
            Throttle throttle,
            ClientAddress addresses) {
        this.tenants = tenants;
        this.redemptions = redemptions;
        this.answers = answers;
        this.throttle = throttle;
        this.addresses = addresses;
    }

    /** A code as somebody typed it; case, spaces and hyphens do not matter. */
    record CodeToRedeem(@Nullable String code) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /** What a code gave, and the balance after it. */
    record RedeemedCode(
            String transactionId,
            String tenantId,
            String amount,
            String amountMicros,
            String balance,
            String balanceMicros) {}

    @Operation(
            summary = "Redeem a code for the tenant",
            description =
                    "A code that is mistyped is 400. Whether one is unknown, used up, expired or"
                            + " revoked is not said: 409 code-not-redeemable. 10 tries of a user and 60"
                            + " of an address in 15 minutes, then 429; a good code gives a user all"
                            + " tries back. Only users redeem codes, no clients.")
    @ApiResponse(
            responseCode = "201",
            description = "Redeemed; with the header Idempotency-Replayed: true, redeemed before",
            content = @Content(schema = @Schema(implementation = RedeemedCode.class)))
    @Permit(Level.DEVELOPER)
    @PostMapping("/api/v1/tenants/{tenant}/redemptions")
    ResponseEntity<String> redeem(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody CodeToRedeem typed,
            @Parameter(hidden = true) Caller caller,
            HttpServletRequest http) {
        var user = caller.user();
        if (user == null) {
            throw new Refused(Problem.noUser());
        }
        throttle.count(
                new Throttle.Bound(subject(user), TRIES_OF_USER, WINDOW),
                new Throttle.Bound(
                        "redeem/address/" + addresses.block(http), TRIES_OF_ADDRESS, WINDOW));
        var code = code(typed.code());
        var found = tenants.find(tenant);
        var answer =
                answers.once(
                        caller.name(),
                        key,
                        List.of("redemption", found.id(), code.reveal()),
                        () ->
                                new IdempotentAnswers.Answer(
                                        HttpStatus.CREATED.value(),
                                        view(
                                                found,
                                                redemptions.redeem(code, user, found, caller))));
        if (!IdempotentAnswers.isReplayed(answer)) {
            // Otherwise one code redeemed would be as many tries as anybody likes.
            throttle.forget(subject(user));
        }
        return answer;
    }

    private static String subject(UUID user) {
        return "redeem/user/" + user;
    }

    private static RedemptionCode code(@Nullable String typed) {
        return RedemptionCode.parse(typed == null ? "" : typed)
                .orElseThrow(() ->
                        new Refused(
                                Problem.invalid(
                                        "code",
                                        "Must be six groups of five letters and digits, as it was"
                                                + " handed out; there is a slip in it.")));
    }

    private static RedeemedCode view(Tenant tenant, Redemptions.Redeemed redeemed) {
        return new RedeemedCode(
                String.valueOf(redeemed.transactionId()),
                tenant.id().toString(),
                redeemed.value().toDecimal(),
                String.valueOf(redeemed.value().micros()),
                redeemed.balance().toDecimal(),
                String.valueOf(redeemed.balance().micros()));
    }
}
