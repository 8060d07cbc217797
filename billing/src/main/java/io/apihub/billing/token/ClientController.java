package io.apihub.billing.token;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Role;
import io.apihub.billing.access.Scope;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.Fields;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.rest.Replies;
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

/** A tenant's clients: programs that are nobody's, with a role of their own. */
@RestController
@Tag(name = "Tokens")
class ClientController {

    private static final int MOST = 50;
    private static final Set<Scope> ALLOWED = Set.copyOf(EnumSet.of(Scope.READ, Scope.WRITE));

    private final TenantLookup tenants;
    private final Credentials credentials;
    private final AuditLog audit;
    private final IdempotentAnswers answers;
    private final EntityTags tags;
    private final RandomGenerator random;
    private final InstantSource clock;

    ClientController(
            TenantLookup tenants,
            Credentials credentials,
            AuditLog audit,
            Replies replies,
            RandomGenerator random,
            InstantSource clock) {
        this.tenants = tenants;
        this.credentials = credentials;
        this.audit = audit;
        this.answers = replies.answers();
        this.tags = replies.tags();
        this.random = random;
        this.clock = clock;
    }

    /**
     * A client to make.
     *
     * @param expiresAt at most 366 days ahead; absent: never
     */
    record NewClient(
            @Nullable String name,
            @Nullable Role role,
            @Nullable List<String> scopes,
            @Nullable String expiresAt) {}

    /** A client, without its secret. */
    record Client(
            String id,
            String clientId,
            String name,
            Role role,
            List<String> scopes,
            String createdBy,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt,
            @Nullable Instant revokedAt) {}

    /** A new client; {@code clientSecret} is shown this once, and absent in repeats. */
    record CreatedClient(Client details, String clientId, @Nullable String clientSecret) {}

    /** All of them, newest first. */
    record Clients(List<Client> items) {}

    @Operation(
            summary = "Make a client of the tenant",
            description =
                    "Its id and secret get tokens at /api/v1/token. The secret is in the answer and"
                            + " nowhere else. Needs a session: no token makes clients. To replace a"
                            + " secret make another client, and revoke this one when it is unused.")
    @Permit(value = Level.OWNER, scope = Scope.ACCOUNT)
    @ApiResponse(
            responseCode = "201",
            description = "Made; with the header Idempotency-Replayed: true, made before",
            content = @Content(schema = @Schema(implementation = CreatedClient.class)))
    @PostMapping("/api/v1/tenants/{tenant}/clients")
    ResponseEntity<String> create(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody NewClient wanted,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        return answers.once(
                caller.name(),
                key,
                List.of("client", found.id(), wanted),
                () -> make(found, wanted, caller));
    }

    private IdempotentAnswers.Answer make(Tenant found, NewClient wanted, Caller caller) {
        var now = clock.instant();
        if (credentials.countLiveOfTenant(found.id(), now) >= MOST) {
            throw new Refused(
                    Problem.limitReached("The tenant has " + MOST + " clients; revoke one."));
        }
        var terms =
                new Credential.Terms(
                        Fields.name("name", wanted.name(), 100),
                        NewCredential.scopes(wanted.scopes(), ALLOWED),
                        NewCredential.expiry(wanted.expiresAt(), false, now),
                        caller.name());
        if (wanted.role() == null) {
            throw new Refused(Problem.invalid("role", "Must be one of VIEWER, DEVELOPER, OWNER."));
        }
        var secret = Secret.mint(CredentialKind.CLIENT, random);
        var made =
                credentials.save(Credential.client(secret, found.id(), wanted.role(), terms, now));
        audit.record(
                caller,
                "client.created",
                "tenant/" + found.name(),
                Map.of(
                        "client", made.publicId(),
                        "role", wanted.role().name(),
                        "scope", Scope.text(made.scopes())));
        var details = view(made);
        return new IdempotentAnswers.Answer(
                HttpStatus.CREATED.value(),
                new CreatedClient(details, made.publicId(), secret.reveal()),
                new CreatedClient(details, made.publicId(), null));
    }

    @Operation(summary = "One client")
    @Permit(Level.OWNER)
    @GetMapping("/api/v1/tenants/{tenant}/clients/{id}")
    ResponseEntity<Client> get(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id) {
        return tags.answer(view(find(tenants.find(tenant), id)));
    }

    @Operation(summary = "A tenant's clients, newest first")
    @Permit(Level.OWNER)
    @GetMapping("/api/v1/tenants/{tenant}/clients")
    Clients list(@Parameter(description = "Name or id of the tenant") @PathVariable String tenant) {
        return new Clients(
                credentials
                        .findTop200ByTenantIdOrderByCreatedAtDescIdDesc(tenants.find(tenant).id())
                        .stream()
                        .map(ClientController::view)
                        .toList());
    }

    @Operation(summary = "Revoke a client, at once and for good, with every token it got")
    @Permit(value = Level.OWNER, scope = Scope.ACCOUNT)
    @DeleteMapping("/api/v1/tenants/{tenant}/clients/{id}")
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
        var client = find(found, id);
        tags.check(ifMatch, view(client));
        if (client.revoke(caller.name(), clock.instant())) {
            audit.record(
                    caller,
                    "client.revoked",
                    "tenant/" + found.name(),
                    Map.of("client", client.publicId()));
        }
    }

    private Credential find(Tenant tenant, UUID id) {
        return credentials
                .findByIdAndTenantId(id, tenant.id())
                .orElseThrow(() ->
                        new Refused(Problem.notFound("The tenant has no client of this id.")));
    }

    private static Client view(Credential client) {
        return new Client(
                client.id().toString(),
                client.publicId(),
                client.name(),
                client.role().orElseThrow(),
                client.scopes().stream().map(Scope::wireName).toList(),
                client.createdBy(),
                client.createdAt(),
                client.expiresAt(),
                client.lastUsedAt(),
                client.revokedAt());
    }
}
