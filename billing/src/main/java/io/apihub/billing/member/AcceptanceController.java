package io.apihub.billing.member;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Role;
import io.apihub.billing.access.Scope;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.identity.Secret;
import io.apihub.billing.identity.SignedIn;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.User;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Becoming a member by an invitation. */
@RestController
@Tag(name = "Members")
class AcceptanceController {

    private final Invitations invitations;
    private final Memberships memberships;
    private final Inviters inviters;
    private final Tenants tenants;
    private final SignedIn signedIn;
    private final AuditLog audit;
    private final IdempotentAnswers answers;
    private final InstantSource clock;

    AcceptanceController(
            Entry entry,
            Tenants tenants,
            SignedIn signedIn,
            AuditLog audit,
            IdempotentAnswers answers,
            InstantSource clock) {
        this.invitations = entry.invitations();
        this.memberships = entry.memberships();
        this.inviters = entry.inviters();
        this.tenants = tenants;
        this.signedIn = signedIn;
        this.audit = audit;
        this.answers = answers;
        this.clock = clock;
    }

    /** What an invitation is exchanged for. */
    @Component
    record Entry(Invitations invitations, Memberships memberships, Inviters inviters) {}

    /** What the link carries. */
    record Acceptance(@Nullable String token) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /** What the caller is a member of now. */
    record Accepted(UUID tenantId, String tenant, Role role) {}

    @Operation(
            summary = "Accept an invitation",
            description =
                    "Whatever is wrong with it (unknown, used, revoked, expired, meant for another"
                            + " address), the answer is the same.")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @ApiResponse(
            responseCode = "200",
            description = "Accepted; with the header Idempotency-Replayed: true, accepted before",
            content = @Content(schema = @Schema(implementation = Accepted.class)))
    @PostMapping("/api/v1/invitations/accept")
    ResponseEntity<String> accept(
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody Acceptance acceptance,
            @Parameter(hidden = true) Caller caller) {
        return answers.once(
                caller.name(),
                key,
                Arrays.asList("accept", acceptance.token()),
                () ->
                        new IdempotentAnswers.Answer(
                                HttpStatus.OK.value(), accept(acceptance, caller)));
    }

    private Accepted accept(Acceptance acceptance, Caller caller) {
        var user = signedIn.user(caller);
        var now = clock.instant();
        var invitation =
                find(acceptance.token())
                        .filter(found -> found.state(now) == InvitationState.OPEN)
                        .filter(found -> found.isFor(user))
                        .filter(inviters::stillMay)
                        .orElseThrow(AcceptanceController::notGood);
        var tenant =
                tenants.find(invitation.tenantId())
                        .filter(found -> !found.deleted())
                        .orElseThrow(AcceptanceController::notGood);
        if (caller.roles().containsKey(tenant.id())) {
            throw new Refused(
                    Problem.conflict("already-a-member", "You are a member of it already."));
        }
        invitation.accept(user.id(), now);
        invitations.save(invitation);
        memberships.add(tenant.id(), user.id(), invitation.role());
        audit.record(
                caller,
                "member.joined",
                "tenant/" + tenant.name(),
                Map.of(
                        "member", User.actor(user.id()),
                        "role", invitation.role().name(),
                        "invitation", invitation.id().toString()));
        return new Accepted(tenant.id(), tenant.name(), invitation.role());
    }

    private Optional<Invitation> find(@Nullable String token) {
        if (token == null || token.length() != Secret.LENGTH) {
            throw notGood();
        }
        return invitations.findByTokenSha256(new Secret(token).digest());
    }

    private static Refused notGood() {
        return new Refused(
                Problem.invalid(
                        "token",
                        "No invitation for you has this token, or it was used, revoked or has"
                                + " expired; ask for another."));
    }
}
