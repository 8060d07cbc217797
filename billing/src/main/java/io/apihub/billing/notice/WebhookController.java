package io.apihub.billing.notice;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.Fields;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.rest.Replies;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.settings.Webhooks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
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
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Where tenants want to be told by HTTP. */
@RestController
@Tag(name = "Notices")
class WebhookController {

    private static final int MOST = 10;
    private static final int MAX_DESCRIPTION = 100;
    private static final int USUAL_OVERLAP = 24;
    private static final int MOST_OVERLAP = 168;

    private final TenantLookup tenants;
    private final WebhookTable webhooks;
    private final DeliveryTable deliveries;
    private final AuditLog audit;
    private final IdempotentAnswers answers;
    private final EntityTags tags;
    private final RandomGenerator random;
    private final Webhooks settings;

    /** Both tables. */
    @Component("webhookTables")
    record Tables(WebhookTable webhooks, DeliveryTable deliveries) {}

    WebhookController(
            TenantLookup tenants,
            Tables tables,
            AuditLog audit,
            Replies replies,
            RandomGenerator random,
            Settings settings) {
        this.tenants = tenants;
        this.webhooks = tables.webhooks();
        this.deliveries = tables.deliveries();
        this.audit = audit;
        this.answers = replies.answers();
        this.tags = replies.tags();
        this.random = random;
        this.settings = settings.webhooks();
    }

    /** A webhook to make. */
    record NewWebhook(@Nullable String url, @Nullable String description) {}

    /**
     * What is to be different; what is absent stays.
     *
     * @param disabled true: send nothing, and give up what waits; false: send again
     */
    record WebhookChange(
            @Nullable String url, @Nullable String description, @Nullable Boolean disabled) {}

    /**
     * A webhook, without its secret.
     *
     * @param oldSecretUntil until then the secret before this one signs too; absent: there was none
     */
    record WebhookView(
            UUID id,
            String url,
            String description,
            String createdBy,
            Instant createdAt,
            @Nullable Instant disabledAt,
            @Nullable String disabledReason,
            @Nullable Instant lastSuccessAt,
            @Nullable Instant oldSecretUntil) {

        static WebhookView of(Webhook webhook) {
            return new WebhookView(
                    webhook.id(),
                    webhook.url(),
                    webhook.description(),
                    webhook.createdBy(),
                    webhook.createdAt(),
                    webhook.disabledAt(),
                    webhook.disabledReason(),
                    webhook.lastSuccessAt(),
                    webhook.oldSecretUntil());
        }
    }

    /** A webhook with a new secret; {@code secret} is shown this once, and absent in repeats. */
    record CreatedWebhook(WebhookView details, @Nullable String secret) {}

    /** All of them, newest first. */
    record WebhookList(List<WebhookView> items) {}

    @Operation(
            summary = "Make a webhook",
            description =
                    "Its secret, which signs what is sent, is in the answer and nowhere else. A"
                            + " tenant has ten webhooks at most.")
    @ApiResponse(
            responseCode = "201",
            description = "Made; with the header Idempotency-Replayed: true, made before",
            content = @Content(schema = @Schema(implementation = CreatedWebhook.class)))
    @Permit(Level.OWNER)
    @PostMapping("/api/v1/tenants/{tenant}/webhooks")
    ResponseEntity<String> create(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody NewWebhook wanted,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        var url = WebhookUrl.of(wanted.url(), settings);
        var description = description(wanted.description());
        return answers.once(
                caller.name(),
                key,
                List.of("webhook", found.id(), url.toString(), description),
                () -> make(found, url, description, caller));
    }

    /**
     * Another secret.
     *
     * @param overlapHours how long the one of now signs too, 0 to 168; 24 if absent
     */
    record SecretChange(@Nullable Integer overlapHours) {}

    @Operation(
            summary = "Give a webhook another secret",
            description =
                    "The secret is in the answer and nowhere else. For overlapHours the one of now"
                            + " signs too, so that receivers change when they like; one before that"
                            + " holds no more.")
    @ApiResponse(
            responseCode = "201",
            description = "Replaced; with the header Idempotency-Replayed: true, replaced before",
            content = @Content(schema = @Schema(implementation = CreatedWebhook.class)))
    @Permit(Level.OWNER)
    @PostMapping("/api/v1/tenants/{tenant}/webhooks/{id}/secrets")
    ResponseEntity<String> replaceSecret(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id,
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody SecretChange wanted,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        var hours = wanted.overlapHours() == null ? USUAL_OVERLAP : wanted.overlapHours();
        if (hours < 0 || hours > MOST_OVERLAP) {
            throw new Refused(Problem.invalid("overlapHours", "Must be 0 to 168."));
        }
        return answers.once(
                caller.name(),
                key,
                List.of("webhook-secret", found.id(), id, hours),
                () -> replace(found, id, Duration.ofHours(hours), caller));
    }

    private IdempotentAnswers.Answer replace(
            Tenant tenant, UUID id, Duration overlap, Caller caller) {
        var before = webhooks.lock(tenant.id(), id).orElseThrow(WebhookController::unknown);
        var secret = WebhookSecret.mint(random);
        webhooks.replaceSecret(id, secret, overlap);
        record(caller, "webhook.secret-replaced", tenant, id, before.url());
        return shownOnce(find(tenant, id), secret);
    }

    private static String description(@Nullable String text) {
        return text == null || text.isBlank()
                ? ""
                : Fields.name("description", text, MAX_DESCRIPTION);
    }

    private IdempotentAnswers.Answer make(
            Tenant tenant, URI url, String description, Caller caller) {
        if (webhooks.countLocked(tenant.id()) >= MOST) {
            throw new Refused(
                    Problem.limitReached("The tenant has " + MOST + " webhooks; delete one."));
        }
        var id = UUID.randomUUID();
        var secret = WebhookSecret.mint(random);
        webhooks.insert(
                id,
                tenant.id(),
                url,
                description,
                new WebhookTable.NewSecret(secret, caller.name()));
        record(caller, "webhook.created", tenant, id, url.toString());
        return shownOnce(find(tenant, id), secret);
    }

    private static IdempotentAnswers.Answer shownOnce(Webhook webhook, WebhookSecret secret) {
        var details = WebhookView.of(webhook);
        return new IdempotentAnswers.Answer(
                HttpStatus.CREATED.value(),
                new CreatedWebhook(details, secret.reveal()),
                new CreatedWebhook(details, null));
    }

    private void record(Caller caller, String action, Tenant tenant, UUID id, String url) {
        audit.record(
                caller,
                action,
                "tenant/" + tenant.name(),
                Map.of("webhook", id.toString(), "url", url));
    }

    private Webhook find(Tenant tenant, UUID id) {
        return webhooks.find(tenant.id(), id).orElseThrow(WebhookController::unknown);
    }

    static Refused unknown() {
        return new Refused(Problem.notFound("The tenant has no webhook of this id."));
    }

    @Operation(summary = "A tenant's webhooks, newest first")
    @Permit(Level.OWNER)
    @GetMapping("/api/v1/tenants/{tenant}/webhooks")
    WebhookList list(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant) {
        return new WebhookList(
                webhooks.of(tenants.find(tenant).id()).stream().map(WebhookView::of).toList());
    }

    @Operation(summary = "One webhook")
    @Permit(Level.OWNER)
    @GetMapping("/api/v1/tenants/{tenant}/webhooks/{id}")
    ResponseEntity<WebhookView> get(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id) {
        return tags.answer(WebhookView.of(find(tenants.find(tenant), id)));
    }

    @Operation(summary = "Change a webhook, stop it, or start it again")
    @Permit(Level.OWNER)
    @PatchMapping("/api/v1/tenants/{tenant}/webhooks/{id}")
    @Transactional
    public ResponseEntity<WebhookView> change(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @RequestBody WebhookChange change,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        var before = webhooks.lock(found.id(), id).orElseThrow(WebhookController::unknown);
        tags.check(ifMatch, WebhookView.of(before));
        var url =
                change.url() == null
                        ? URI.create(before.url())
                        : WebhookUrl.of(change.url(), settings);
        webhooks.change(
                id,
                url,
                change.description() == null
                        ? before.description()
                        : description(change.description()));
        if (Boolean.TRUE.equals(change.disabled())) {
            webhooks.disable(id, "by " + caller.name());
            deliveries.giveUpAll(id, "the webhook was disabled");
        } else if (Boolean.FALSE.equals(change.disabled())) {
            webhooks.enable(id);
        }
        record(caller, "webhook.changed", found, id, url.toString());
        return tags.answer(WebhookView.of(find(found, id)));
    }

    @Operation(
            summary = "Delete a webhook, with all that is on its way to it",
            description = "Safe to repeat.")
    @Permit(Level.OWNER)
    @DeleteMapping("/api/v1/tenants/{tenant}/webhooks/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    public void delete(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        webhooks.lock(found.id(), id)
                .ifPresent(webhook -> {
                    tags.check(ifMatch, WebhookView.of(webhook));
                    webhooks.delete(id);
                    record(caller, "webhook.deleted", found, id, webhook.url());
                });
    }
}
