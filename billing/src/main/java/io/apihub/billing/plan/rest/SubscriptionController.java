package io.apihub.billing.plan.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.plan.Action;
import io.apihub.billing.plan.PlanDesk;
import io.apihub.billing.plan.PlanDesk.Wanted;
import io.apihub.billing.plan.Subscriptions;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.IdempotentAnswers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** A tenant's plan, paid from its balance. */
@RestController
@Tag(name = "Plans")
class SubscriptionController {

    private static final String DONE =
            "Done; with the header Idempotency-Replayed: true, done before";
    private static final String ONCE =
            "Needs an Idempotency-Key: a repeat with the same key gets the same answer, and pays"
                    + " nothing again. ";

    private final TenantLookup tenants;
    private final PlanDesk desk;
    private final PlanFields fields;
    private final Subscriptions subscriptions;
    private final SubscriptionViews views;
    private final Writing writing;

    /** How changes are made. */
    @Component
    record Writing(IdempotentAnswers answers, TransactionTemplate transactions) {}

    SubscriptionController(
            TenantLookup tenants,
            PlanDesk desk,
            PlanFields fields,
            Subscriptions subscriptions,
            SubscriptionViews views,
            Writing writing) {
        this.tenants = tenants;
        this.desk = desk;
        this.fields = fields;
        this.subscriptions = subscriptions;
        this.views = views;
        this.writing = writing;
    }

    /**
     * A plan to buy.
     *
     * @param plan name of a plan that is for sale
     * @param autoRenew whether to renew it from the balance; true if absent
     */
    record NewSubscription(@Nullable String plan, @Nullable Boolean autoRenew) {}

    /**
     * A plan to change to.
     *
     * @param plan name of a plan that is for sale
     */
    record PlanChange(@Nullable String plan) {}

    /**
     * How it goes on; what is absent stays.
     *
     * @param autoRenew whether to renew from the balance
     * @param cancelled whether it ends with what is paid
     */
    record SubscriptionChoice(@Nullable Boolean autoRenew, @Nullable Boolean cancelled) {}

    @Operation(summary = "A tenant's plan, or the last one it had")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/subscription")
    ResponseEntity<SubscriptionView> get(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant) {
        return views.answer(
                subscriptions
                        .last(tenants.find(tenant).id())
                        .orElseThrow(() ->
                                new Refused(Problem.notFound("The tenant never had a plan."))));
    }

    @Operation(
            summary = "Buy a plan from the balance",
            description =
                    ONCE
                            + "The first period begins at once. 409 not-covered: credit that expires"
                            + " and what gateways hold can't pay for it.")
    @ApiResponse(
            responseCode = "201",
            description = DONE,
            content = @Content(schema = @Schema(implementation = SubscriptionView.class)))
    @Permit(Level.OWNER)
    @PostMapping("/api/v1/tenants/{tenant}/subscription")
    ResponseEntity<String> buy(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestHeader("Idempotency-Key") String key,
            @RequestBody NewSubscription wanted,
            @Parameter(hidden = true) Caller caller) {
        var version = fields.forSale(wanted.plan());
        boolean autoRenew = !Boolean.FALSE.equals(wanted.autoRenew());
        return close(tenant, key, new Wanted(Action.BUY, version, autoRenew), caller);
    }

    @Operation(
            summary = "Pay the next period from the balance",
            description =
                    ONCE
                            + "Ahead, it begins when this one ends; late, where the last one ended,"
                            + " or now if it would be over already. Also takes a cancellation back.")
    @ApiResponse(
            responseCode = "201",
            description = DONE,
            content = @Content(schema = @Schema(implementation = SubscriptionView.class)))
    @Permit(Level.OWNER)
    @PostMapping("/api/v1/tenants/{tenant}/subscription/renewals")
    ResponseEntity<String> renew(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestHeader("Idempotency-Key") String key,
            @Parameter(hidden = true) Caller caller) {
        return close(tenant, key, new Wanted(Action.RENEW, null, false), caller);
    }

    @Operation(
            summary = "Change to another plan",
            description =
                    ONCE
                            + "To one that costs more a period of the same length at once: the"
                            + " difference for the rest of the period is paid from the balance, and"
                            + " so much more credit comes. To any other one when this period ends;"
                            + " back to the present one takes that back.")
    @ApiResponse(
            responseCode = "201",
            description = DONE,
            content = @Content(schema = @Schema(implementation = SubscriptionView.class)))
    @Permit(Level.OWNER)
    @PostMapping("/api/v1/tenants/{tenant}/subscription/changes")
    ResponseEntity<String> change(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestHeader("Idempotency-Key") String key,
            @RequestBody PlanChange wanted,
            @Parameter(hidden = true) Caller caller) {
        var id = tenants.find(tenant).id();
        return close(
                tenant,
                key,
                new Wanted(Action.CHANGE, fields.wanted(id, wanted.plan()), false),
                caller);
    }

    private ResponseEntity<String> close(String tenant, String key, Wanted wanted, Caller caller) {
        var found = tenants.find(tenant);
        desk.makeRoom(found, wanted);
        var version = wanted.version();
        return writing.answers()
                .once(
                        caller.name(),
                        key,
                        Arrays.asList(
                                "subscription",
                                found.id(),
                                wanted.action(),
                                version == null ? null : version.name(),
                                wanted.autoRenew()),
                        () ->
                                new IdempotentAnswers.Answer(
                                        HttpStatus.CREATED.value(),
                                        views.of(desk.close(found, wanted, caller))));
    }

    @Operation(
            summary = "Let a plan renew by itself or not, or end",
            description =
                    "A plan that is cancelled ends when what is paid is over; until then the"
                            + " cancellation can be taken back.")
    @Permit(Level.OWNER)
    @PatchMapping("/api/v1/tenants/{tenant}/subscription")
    ResponseEntity<SubscriptionView> choose(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @RequestBody SubscriptionChoice choice,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        return views.answer(
                Objects.requireNonNull(
                        writing.transactions()
                                .execute(status ->
                                        desk.choose(
                                                found,
                                                choice.autoRenew(),
                                                choice.cancelled(),
                                                seen -> views.check(ifMatch, seen),
                                                caller))));
    }
}
