package io.apihub.billing.plan.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.plan.Action;
import io.apihub.billing.plan.History;
import io.apihub.billing.plan.Offer;
import io.apihub.billing.plan.Offers;
import io.apihub.billing.plan.PlanDesk;
import io.apihub.billing.plan.PlanVersion;
import io.apihub.billing.plan.Plans;
import io.apihub.billing.plan.Subscription;
import io.apihub.billing.plan.SubscriptionEvent;
import io.apihub.billing.plan.Subscriptions;
import io.apihub.billing.rest.MoneyFields;
import io.apihub.billing.rest.Pages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What plans would cost and what happened to them, and all of them for administrators. */
@RestController
@Tag(name = "Plans")
class SubscriptionInsightController {

    private final TenantLookup tenants;
    private final Seen seen;
    private final SubscriptionViews views;
    private final PlanFields fields;
    private final PlanDesk desk;
    private final TransactionTemplate transactions;

    /** What is looked at. */
    @Component
    record Seen(Offers offers, History history, Plans plans, Subscriptions subscriptions) {}

    SubscriptionInsightController(
            TenantLookup tenants,
            Seen seen,
            SubscriptionViews views,
            PlanFields fields,
            PlanDesk desk,
            TransactionTemplate transactions) {
        this.tenants = tenants;
        this.seen = seen;
        this.views = views;
        this.fields = fields;
        this.desk = desk;
        this.transactions = transactions;
    }

    /**
     * What something would cost at this moment.
     *
     * @param kind START, PAY_AHEAD, PAY_LATE, UPGRADE: at once; PLAN, WITHDRAW: next period
     * @param price to pay now
     * @param includedCredit that comes now
     * @param refusal why it can't be; absent if it can
     */
    record OfferView(
            Offer.@Nullable Kind kind,
            @Nullable PlanView plan,
            @Nullable String price,
            @Nullable String priceMicros,
            @Nullable String includedCredit,
            @Nullable String includedCreditMicros,
            @Nullable Refusal refusal) {

        static OfferView of(Offer offer) {
            return switch (offer) {
                case Offer.No no ->
                        new OfferView(
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                new Refusal(no.slug(), no.detail()));
                case Offer.Yes yes ->
                        new OfferView(
                                yes.kind(),
                                PlanView.of(yes.version()),
                                yes.price().toDecimal(),
                                String.valueOf(yes.price().micros()),
                                yes.included().toDecimal(),
                                String.valueOf(yes.included().micros()),
                                null);
            };
        }
    }

    /** Why something can't be; the type of the problem that it would be, and its detail. */
    record Refusal(String type, String detail) {}

    @Operation(summary = "What buying, renewing or changing a plan would cost now")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/subscription/offer")
    OfferView offer(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestParam Action action,
            @Parameter(description = "To buy or to change to") @RequestParam(required = false)
                    @Nullable String plan) {
        var id = tenants.find(tenant).id();
        PlanVersion version =
                switch (action) {
                    case BUY -> fields.forSale(plan);
                    case CHANGE -> fields.wanted(id, plan);
                    case RENEW -> null;
                };
        return OfferView.of(seen.offers().of(id, action, version));
    }

    /**
     * What happened to a tenant's plan.
     *
     * @param paid with it
     * @param includedCredit that came with it
     * @param periodStartsAt of the period that it was about
     */
    record SubscriptionEventView(
            String id,
            String subscriptionId,
            SubscriptionEvent.Kind kind,
            String plan,
            int version,
            String paid,
            String paidMicros,
            String includedCredit,
            String includedCreditMicros,
            Instant periodStartsAt,
            Instant periodEndsAt,
            String actor,
            @Nullable String reason,
            Instant at) {

        static SubscriptionEventView of(SubscriptionEvent event, PlanVersion version) {
            return new SubscriptionEventView(
                    String.valueOf(event.id()),
                    event.subscription().toString(),
                    event.kind(),
                    version.name(),
                    version.number(),
                    event.price().toDecimal(),
                    String.valueOf(event.price().micros()),
                    event.included().toDecimal(),
                    String.valueOf(event.included().micros()),
                    event.startsAt(),
                    event.endsAt(),
                    event.actor(),
                    event.reason().isEmpty() ? null : event.reason(),
                    event.at());
        }
    }

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record SubscriptionEventPage(List<SubscriptionEventView> items, @Nullable String nextCursor) {}

    @Operation(summary = "What happened to a tenant's plans, newest first")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/subscription/history")
    SubscriptionEventPage history(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var rows = seen.history().before(tenants.find(tenant).id(), before, size + 1);
        var page = Pages.page(rows, size);
        var versions = versions(page.rows());
        return new SubscriptionEventPage(
                page.items(event ->
                        SubscriptionEventView.of(
                                event, Objects.requireNonNull(versions.get(event.version())))),
                page.next(row -> row.id()));
    }

    private Map<UUID, PlanVersion> versions(List<SubscriptionEvent> events) {
        return seen.plans()
                .versions(
                        events.stream()
                                .map(SubscriptionEvent::version)
                                .collect(Collectors.toSet()));
    }

    /**
     * A subscription as administrators see it.
     *
     * @param problem why the Tenant is not as the plan says yet; absent if it is, or nobody tried
     */
    record SubscriptionRow(SubscriptionView details, @Nullable String problem) {}

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record SubscriptionPage(List<SubscriptionRow> items, @Nullable String nextCursor) {}

    @Operation(summary = "Subscriptions of all tenants, newest first")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/subscriptions")
    SubscriptionPage list(
            @Parameter(description = "Only those in this state") @RequestParam(required = false)
                    Subscription.@Nullable State state,
            @Parameter(description = "Only of this plan") @RequestParam(required = false)
                    @Nullable String plan,
            @Parameter(description = "true: only those whose Tenant is not as the plan says")
                    @RequestParam(defaultValue = "false")
                    boolean notApplied,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var rows =
                seen.subscriptions()
                        .list(new Subscriptions.Filter(state, plan, notApplied, before, size + 1));
        var page = Pages.page(rows, size);
        var known = views.known(page.rows());
        return new SubscriptionPage(
                page.items(one -> new SubscriptionRow(known.view(one), known.problem(one))),
                page.next(row -> row.seq()));
    }

    /**
     * Why an administrator ends a plan.
     *
     * @param reason kept for ever
     * @param giveBack of what was paid, to the balance; 0 if absent
     */
    record PlanEnd(@Nullable String reason, @Nullable String giveBack) {}

    @Operation(
            summary = "End a tenant's plan at once",
            description =
                    "The Tenant gets back what it had before. Credit that came with the plan stays"
                            + " until it expires.")
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/tenants/{tenant}/subscription/end")
    SubscriptionView end(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @RequestBody PlanEnd end,
            @Parameter(hidden = true) Caller administrator) {
        var reason = MoneyFields.reason(end.reason());
        var back = PlanFields.amount("giveBack", end.giveBack() == null ? "0" : end.giveBack());
        var found = tenants.find(tenant);
        return views.of(
                Objects.requireNonNull(
                        transactions.execute(
                                status -> desk.end(found, back, reason, administrator))));
    }
}
