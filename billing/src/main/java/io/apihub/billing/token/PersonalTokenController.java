package io.apihub.billing.token;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Scope;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.Fields;
import io.apihub.billing.rest.IdempotentAnswers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
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
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The caller's own personal access tokens. */
@RestController
@Tag(name = "Tokens")
class PersonalTokenController {

    private static final int MOST = 50;

    private final Credentials credentials;
    private final AuditLog audit;
    private final IdempotentAnswers answers;
    private final EntityTags tags;
    private final RandomGenerator random;
    private final InstantSource clock;

    PersonalTokenController(
            Credentials credentials,
            AuditLog audit,
            IdempotentAnswers answers,
            EntityTags tags,
            RandomGenerator random,
            InstantSource clock) {
        this.credentials = credentials;
        this.audit = audit;
        this.answers = answers;
        this.tags = tags;
        this.random = random;
        this.clock = clock;
    }

    /**
     * A token to make.
     *
     * @param expiresAt at most 366 days ahead
     */
    record NewPersonalToken(
            @Nullable String name, @Nullable List<String> scopes, @Nullable String expiresAt) {}

    /** A token, without its secret. */
    record PersonalToken(
            String id,
            String name,
            String prefix,
            List<String> scopes,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt,
            @Nullable Instant revokedAt) {}

    /** A new token; {@code token} is shown this once, and absent in repeats. */
    record CreatedPersonalToken(PersonalToken details, @Nullable String token) {}

    /** All of them, newest first. */
    record PersonalTokens(List<PersonalToken> items) {}

    @Operation(
            summary = "Make a personal access token",
            description =
                    "The token is in the answer and nowhere else. Needs a session: no token makes"
                            + " tokens. If no answer came, repeat with the same Idempotency-Key to"
                            + " see which token it made, revoke that and make another.")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @ApiResponse(
            responseCode = "201",
            description = "Made; with the header Idempotency-Replayed: true, made before",
            content = @Content(schema = @Schema(implementation = CreatedPersonalToken.class)))
    @PostMapping("/api/v1/me/tokens")
    ResponseEntity<String> create(
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody NewPersonalToken wanted,
            @Parameter(hidden = true) Caller caller) {
        var user = user(caller);
        return answers.once(
                caller.name(), key, List.of("token", wanted), () -> make(user, wanted, caller));
    }

    private IdempotentAnswers.Answer make(UUID user, NewPersonalToken wanted, Caller caller) {
        var now = clock.instant();
        if (credentials.countLiveOfUser(user, now) >= MOST) {
            throw new Refused(Problem.limitReached("You have " + MOST + " tokens; revoke one."));
        }
        var terms =
                new Credential.Terms(
                        Fields.name("name", wanted.name(), 100),
                        NewCredential.scopes(wanted.scopes(), allowed(caller)),
                        NewCredential.expiry(wanted.expiresAt(), true, now),
                        caller.name());
        var secret = Secret.mint(CredentialKind.PERSONAL, random);
        var made = credentials.save(Credential.personal(secret, user, terms, now));
        audit.record(
                caller,
                "token.created",
                caller.name(),
                Map.of("token", made.publicId(), "scope", Scope.text(made.scopes())));
        var details = view(made);
        return new IdempotentAnswers.Answer(
                HttpStatus.CREATED.value(),
                new CreatedPersonalToken(details, secret.reveal()),
                new CreatedPersonalToken(details, null));
    }

    @Operation(summary = "One of your personal access tokens")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/me/tokens/{id}")
    ResponseEntity<PersonalToken> get(
            @PathVariable UUID id, @Parameter(hidden = true) Caller caller) {
        return tags.answer(view(find(id, caller)));
    }

    private static Set<Scope> allowed(Caller caller) {
        return caller.administrator()
                ? Scope.OF_TOKENS
                : Set.copyOf(EnumSet.of(Scope.READ, Scope.WRITE));
    }

    @Operation(summary = "Your personal access tokens, newest first")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/me/tokens")
    PersonalTokens list(@Parameter(hidden = true) Caller caller) {
        return new PersonalTokens(
                credentials.findTop200ByUserIdOrderByCreatedAtDescIdDesc(user(caller)).stream()
                        .map(PersonalTokenController::view)
                        .toList());
    }

    @Operation(summary = "Revoke a personal access token, at once and for good")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @DeleteMapping("/api/v1/me/tokens/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    void revoke(
            @PathVariable UUID id,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller caller) {
        var token = find(id, caller);
        tags.check(ifMatch, view(token));
        if (token.revoke(caller.name(), clock.instant())) {
            audit.record(caller, "token.revoked", caller.name(), Map.of("token", token.publicId()));
        }
    }

    private Credential find(UUID id, Caller caller) {
        return credentials
                .findByIdAndUserId(id, user(caller))
                .orElseThrow(
                        () -> new Refused(Problem.notFound("You have no token with this id.")));
    }

    private static UUID user(Caller caller) {
        if (caller.user() == null) {
            throw new Refused(Problem.noUser());
        }
        return caller.user();
    }

    private static PersonalToken view(Credential token) {
        return new PersonalToken(
                token.id().toString(),
                token.name(),
                CredentialKind.PERSONAL.prefix() + token.publicId() + "…",
                token.scopes().stream().map(Scope::wireName).toList(),
                token.createdAt(),
                token.expiresAt(),
                token.lastUsedAt(),
                token.revokedAt());
    }
}
