package io.apihub.billing.token;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Role;
import io.apihub.billing.access.Scope;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Fields;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
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
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
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
    private final RandomGenerator random;
    private final InstantSource clock;

    ClientController(
            TenantLookup tenants,
            Credentials credentials,
            AuditLog audit,
            RandomGenerator random,
            InstantSource clock) {
        this.tenants = tenants;
        this.credentials = credentials;
        this.audit = audit;
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

    /** A new client; {@code clientSecret} is shown this once. */
    record CreatedClient(Client details, String clientId, String clientSecret) {}

    /** All of them, newest first. */
    record Clients(List<Client> items) {}

    @Operation(
            summary = "Make a client of the tenant",
            description =
                    "Its id and secret get tokens at /api/v1/token. The secret is in the answer and"
                            + " nowhere else. Needs a session: no token makes clients. To replace a"
                            + " secret make another client, and revoke this one when it is unused.")
    @Permit(value = Level.OWNER, scope = Scope.ACCOUNT)
    @PostMapping("/api/v1/tenants/{tenant}/clients")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    CreatedClient create(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestBody NewClient wanted,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
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
        return new CreatedClient(view(made), made.publicId(), secret.reveal());
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
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        var client =
                credentials
                        .findByIdAndTenantId(id, found.id())
                        .orElseThrow(() ->
                                new Refused(
                                        Problem.notFound("The tenant has no client of this id.")));
        if (client.revoke(caller.name(), clock.instant())) {
            audit.record(
                    caller,
                    "client.revoked",
                    "tenant/" + found.name(),
                    Map.of("client", client.publicId()));
        }
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
