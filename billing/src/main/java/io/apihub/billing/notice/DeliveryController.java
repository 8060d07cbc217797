package io.apihub.billing.notice;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.rest.Pages;
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
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** What was sent to a webhook, and what is to be sent for somebody who looks. */
@RestController
@Tag(name = "Notices")
class DeliveryController {

    /** By hand; notices are not bounded. */
    private static final int MOST_PENDING = 100;

    private static final String TEST = "test";

    private final TenantLookup tenants;
    private final WebhookTable webhooks;
    private final DeliveryTable deliveries;
    private final AuditLog audit;
    private final IdempotentAnswers answers;
    private final JsonMapper json;
    private final InstantSource clock;

    DeliveryController(
            TenantLookup tenants,
            WebhookController.Tables tables,
            AuditLog audit,
            IdempotentAnswers answers,
            JsonMapper json,
            InstantSource clock) {
        this.tenants = tenants;
        this.webhooks = tables.webhooks();
        this.deliveries = tables.deliveries();
        this.audit = audit;
        this.answers = answers;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Something on its way to a webhook.
     *
     * @param id the header X-APIHub-Delivery
     * @param message the header X-APIHub-Id, and the notice's id
     * @param againOf the delivery that was sent again
     * @param state PENDING, DELIVERED or GIVEN_UP
     * @param lastStatus of the last answer; absent if there was none
     */
    record DeliveryView(
            UUID id,
            UUID message,
            @Nullable UUID againOf,
            String kind,
            String state,
            int tries,
            Instant createdAt,
            @Nullable Instant nextTryAt,
            @Nullable Instant endedAt,
            @Nullable Integer lastStatus,
            @Nullable String lastError) {

        static DeliveryView of(Delivery delivery) {
            return new DeliveryView(
                    delivery.id(),
                    delivery.message(),
                    delivery.againOf(),
                    delivery.kind(),
                    delivery.state().name(),
                    delivery.tries(),
                    delivery.createdAt(),
                    delivery.endedAt() == null ? delivery.nextTryAt() : null,
                    delivery.endedAt(),
                    delivery.lastStatus(),
                    delivery.lastError());
        }
    }

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record DeliveryPage(List<DeliveryView> items, @Nullable String nextCursor) {}

    /** Sent once. */
    record DeliveryAttempt(
            int number,
            Instant at,
            long millis,
            @Nullable Integer status,
            @Nullable String error) {}

    /** All about one delivery. */
    record DeliveryDetail(DeliveryView delivery, String body, List<DeliveryAttempt> attempts) {}

    @Operation(
            summary = "What was sent to a webhook, newest first",
            description = "What ended 90 days ago is forgotten.")
    @Permit(Level.OWNER)
    @GetMapping("/api/v1/tenants/{tenant}/webhooks/{id}/deliveries")
    DeliveryPage list(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var webhook = webhook(tenants.find(tenant), id);
        var size = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var rows = deliveries.before(webhook.id(), before, size + 1);
        var page = Pages.page(rows, size);
        return new DeliveryPage(page.items(DeliveryView::of), page.next(row -> row.seq()));
    }

    private Webhook webhook(Tenant tenant, UUID id) {
        return webhooks.find(tenant.id(), id).orElseThrow(WebhookController::unknown);
    }

    @Operation(summary = "One delivery, with its body and each attempt")
    @Permit(Level.OWNER)
    @GetMapping("/api/v1/tenants/{tenant}/webhooks/{id}/deliveries/{delivery}")
    DeliveryDetail get(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id,
            @PathVariable UUID delivery) {
        var found = delivery(webhook(tenants.find(tenant), id), delivery);
        return new DeliveryDetail(
                DeliveryView.of(found),
                found.body(),
                deliveries.attempts(found.id()).stream()
                        .map(attempt ->
                                new DeliveryAttempt(
                                        attempt.number(),
                                        attempt.at(),
                                        attempt.millis(),
                                        attempt.status(),
                                        attempt.error()))
                        .toList());
    }

    private Delivery delivery(Webhook webhook, UUID id) {
        return deliveries
                .find(webhook.id(), id)
                .orElseThrow(() ->
                        new Refused(Problem.notFound("The webhook has no delivery of this id.")));
    }

    @Operation(
            summary = "Send a test to a webhook",
            description = "A message of the kind 'test'. Its delivery says what came of it.")
    @ApiResponse(
            responseCode = "201",
            description = "Queued; with the header Idempotency-Replayed: true, queued before",
            content = @Content(schema = @Schema(implementation = DeliveryView.class)))
    @Permit(Level.OWNER)
    @PostMapping("/api/v1/tenants/{tenant}/webhooks/{id}/tests")
    ResponseEntity<String> test(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id,
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        return queue(
                found,
                new Wish("webhook.tested", caller, key, List.of("webhook-test", found.id(), id)),
                id,
                webhook -> deliveries.addTest(webhook.id(), testMessage(found)));
    }

    private DeliveryTable.Message testMessage(Tenant tenant) {
        var id = UUID.randomUUID();
        var body =
                new Envelope(
                        id, TEST, tenant.id().toString(), tenant.name(), clock.instant(), Map.of());
        return new DeliveryTable.Message(id, TEST, json.writeValueAsString(body));
    }

    @Operation(
            summary = "Send a delivery again",
            description = "As a delivery of its own of the same message, whatever became of it.")
    @ApiResponse(
            responseCode = "201",
            description = "Queued; with the header Idempotency-Replayed: true, queued before",
            content = @Content(schema = @Schema(implementation = DeliveryView.class)))
    @Permit(Level.OWNER)
    @PostMapping("/api/v1/tenants/{tenant}/webhooks/{id}/deliveries/{delivery}/redeliveries")
    ResponseEntity<String> again(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @PathVariable UUID id,
            @PathVariable UUID delivery,
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        return queue(
                found,
                new Wish(
                        "webhook.sent-again",
                        caller,
                        key,
                        List.of("webhook-again", found.id(), id, delivery)),
                id,
                webhook -> deliveries.addAgain(delivery(webhook, delivery)));
    }

    /** Who wants something, and how a repeat is told. */
    private record Wish(
            String action, Caller caller, @Nullable String key, List<@Nullable Object> request) {}

    private ResponseEntity<String> queue(
            Tenant tenant, Wish wish, UUID id, Function<Webhook, UUID> add) {
        return answers.once(
                wish.caller().name(),
                wish.key(),
                wish.request(),
                () -> {
                    var webhook =
                            webhooks.lock(tenant.id(), id).orElseThrow(WebhookController::unknown);
                    if (webhook.disabledAt() != null) {
                        throw new Refused(
                                Problem.conflict(
                                        "webhook-disabled", "The webhook is disabled: enable it."));
                    }
                    if (deliveries.pending(id) >= MOST_PENDING) {
                        throw new Refused(
                                Problem.limitReached(
                                        MOST_PENDING + " deliveries wait for this webhook."));
                    }
                    var added = delivery(webhook, add.apply(webhook));
                    audit.record(
                            wish.caller(),
                            wish.action(),
                            "tenant/" + tenant.name(),
                            Map.of(
                                    "webhook", id.toString(),
                                    "delivery", added.id().toString()));
                    return new IdempotentAnswers.Answer(
                            HttpStatus.CREATED.value(), DeliveryView.of(added));
                });
    }
}
