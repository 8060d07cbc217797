package io.apihub.billing.member;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Role;
import io.apihub.billing.access.Scope;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.identity.Secret;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.rest.Replies;
import io.apihub.billing.user.EmailAddress;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What owners offer to those who shall become members. */
@RestController
@Tag(name = "Members")
class InvitationController {

    private static final Duration LIFE = Duration.ofDays(7);
    private static final int MOST_OPEN = 100;

    private final TenantLookup tenants;
    private final Invitations invitations;
    private final AuditLog audit;
    private final IdempotentAnswers answers;
    private final EntityTags tags;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final InvitationMail mail;

    InvitationController(
            TenantLookup tenants,
            Invitations invitations,
            AuditLog audit,
            Replies replies,
            Minting minting,
            InvitationMail mail) {
        this.tenants = tenants;
        this.invitations = invitations;
        this.audit = audit;
        this.answers = replies.answers();
        this.tags = replies.tags();
        this.random = minting.random();
        this.clock = minting.clock();
        this.mail = mail;
    }

    /** What tokens are made of. */
    @Component
    record Minting(RandomGenerator random, InstantSource clock) {}

    /**
     * An invitation to make.
     *
     * @param email only who has proven to have this address may accept; absent: whoever has the
     *     link
     */
    record NewInvitation(@Nullable String email, @Nullable Role role) {}

    /** An invitation, without its token. */
    record InvitationView(
            UUID id,
            Role role,
            @Nullable String email,
            InvitationState state,
            String createdBy,
            Instant createdAt,
            Instant expiresAt) {}

    /**
     * A new invitation.
     *
     * @param token shown this once, and absent in repeats and if it was mailed
     * @param link to be handed on; absent if the installation's public URL is not configured
     * @param mailed whether the link goes to the address by mail, and so to nobody else
     */
    record CreatedInvitation(
            InvitationView details,
            @Nullable String token,
            @Nullable String link,
            boolean mailed) {}

    /** All of them, newest first. */
    record InvitationList(List<InvitationView> items) {}

    @Operation(
            summary = "Invite somebody",
            description =
                    "The token is in the answer and nowhere else, or with an email, where this"
                            + " installation sends mail, in that mail and nowhere else. It is good"
                            + " for seven days and for one person.")
    @Permit(value = Level.OWNER, scope = Scope.ACCOUNT)
    @ApiResponse(
            responseCode = "201",
            description = "Made; with the header Idempotency-Replayed: true, made before",
            content = @Content(schema = @Schema(implementation = CreatedInvitation.class)))
    @PostMapping("/api/v1/tenants/{tenant}/invitations")
    ResponseEntity<String> create(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody NewInvitation wanted,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        return answers.once(
                caller.name(),
                key,
                List.of("invitation", found.id(), wanted),
                () -> make(found, wanted, caller));
    }

    private IdempotentAnswers.Answer make(Tenant found, NewInvitation wanted, Caller caller) {
        var now = clock.instant();
        var role = MemberController.role(wanted.role());
        var email = wanted.email() == null ? null : EmailAddress.of("email", wanted.email()).text();
        if (invitations.countOpen(found.id(), now) >= MOST_OPEN) {
            throw new Refused(
                    Problem.limitReached(
                            "The tenant has " + MOST_OPEN + " open invitations; revoke one."));
        }
        var token = Secret.mint(random);
        boolean mailed = email != null && mail.isOn();
        var offer =
                new Invitation.Offer(
                        found.id(), role, email, mailed, caller.name(), now.plus(LIFE));
        var made = invitations.save(new Invitation(offer, token, now));
        if (mailed) {
            mail.send(made, found, token);
        }
        audit.record(
                caller,
                "invitation.created",
                "tenant/" + found.name(),
                Map.of("invitation", made.id().toString(), "role", role.name()));
        var details = view(made, now);
        return new IdempotentAnswers.Answer(
                HttpStatus.CREATED.value(),
                mailed
                        ? new CreatedInvitation(details, null, null, true)
                        : new CreatedInvitation(details, token.text(), mail.link(token), false),
                new CreatedInvitation(details, null, null, mailed));
    }

    @Operation(summary = "A tenant's invitations, newest first")
    @Permit(Level.OWNER)
    @GetMapping("/api/v1/tenants/{tenant}/invitations")
    InvitationList list(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant) {
        var now = clock.instant();
        return new InvitationList(
                invitations
                        .findTop200ByTenantIdOrderByCreatedAtDescIdDesc(tenants.find(tenant).id())
                        .stream()
                        .map(invitation -> view(invitation, now))
                        .toList());
    }

    @Operation(summary = "One invitation")
    @Permit(Level.OWNER)
    @GetMapping("/api/v1/tenants/{tenant}/invitations/{id}")
    ResponseEntity<InvitationView> get(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id) {
        return tags.answer(view(find(tenants.find(tenant), id), clock.instant()));
    }

    @Operation(summary = "Revoke an invitation", description = "Safe to repeat.")
    @Permit(value = Level.OWNER, scope = Scope.ACCOUNT)
    @DeleteMapping("/api/v1/tenants/{tenant}/invitations/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    void revoke(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        var invitation = find(found, id);
        tags.check(ifMatch, view(invitation, clock.instant()));
        if (invitation.revoke(clock.instant())) {
            audit.record(
                    caller,
                    "invitation.revoked",
                    "tenant/" + found.name(),
                    Map.of("invitation", id.toString()));
        }
    }

    private Invitation find(Tenant tenant, UUID id) {
        return invitations
                .findByIdAndTenantId(id, tenant.id())
                .orElseThrow(() ->
                        new Refused(Problem.notFound("The tenant has no invitation of this id.")));
    }

    private static InvitationView view(Invitation invitation, Instant now) {
        return new InvitationView(
                invitation.id(),
                invitation.role(),
                invitation.email(),
                invitation.state(now),
                invitation.createdBy(),
                invitation.createdAt(),
                invitation.expiresAt());
    }
}
