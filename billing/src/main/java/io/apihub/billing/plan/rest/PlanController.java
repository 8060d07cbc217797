package io.apihub.billing.plan.rest;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.plan.Period;
import io.apihub.billing.plan.PlanTerms;
import io.apihub.billing.plan.PlanVersion;
import io.apihub.billing.plan.Plans;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.rest.Pages;
import io.apihub.billing.rest.Replies;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What plans there are. */
@RestController
@Tag(name = "Plans")
class PlanController {

    private final Plans plans;
    private final PlanFields fields;
    private final AuditLog audit;
    private final TransactionTemplate transactions;
    private final IdempotentAnswers answers;
    private final EntityTags tags;

    PlanController(
            Plans plans,
            PlanFields fields,
            AuditLog audit,
            TransactionTemplate transactions,
            Replies replies) {
        this.plans = plans;
        this.fields = fields;
        this.audit = audit;
        this.transactions = transactions;
        this.answers = replies.answers();
        this.tags = replies.tags();
    }

    /** What the terms of a plan are read from. */
    interface TermsOfPlan {
        @Nullable String displayName();

        @Nullable String description();

        @Nullable String price();

        @Nullable Period period();

        @Nullable String includedCredit();

        @Nullable Integer graceDays();

        @Nullable String template();
    }

    /**
     * A plan to offer.
     *
     * @param name of 1 to 40 characters a-z, 0-9 and -; never changes
     * @param displayName 1 to 100 characters
     * @param description at most 500 characters
     * @param price of one period, decimal in the installation's currency, zero or more
     * @param includedCredit comes with each period and expires with it; 0 if absent
     * @param graceDays 0 to 14; 3 if absent
     * @param template of ConfigMap tenant-templates; absent: the Tenant stays as it is
     */
    record NewPlan(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable String price,
            @Nullable Period period,
            @Nullable String includedCredit,
            @Nullable Integer graceDays,
            @Nullable String template)
            implements TermsOfPlan {}

    /** The terms that a plan shall have from now on, as in a new plan. */
    record NewTerms(
            @Nullable String displayName,
            @Nullable String description,
            @Nullable String price,
            @Nullable Period period,
            @Nullable String includedCredit,
            @Nullable Integer graceDays,
            @Nullable String template)
            implements TermsOfPlan {}

    /**
     * A page, by name.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record PlanPage(List<PlanView> items, @Nullable String nextCursor) {}

    @Operation(summary = "Offer a plan")
    @ApiResponse(
            responseCode = "201",
            description = "Made; with the header Idempotency-Replayed: true, made before",
            content = @Content(schema = @Schema(implementation = PlanView.class)))
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/plans")
    ResponseEntity<String> create(
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody NewPlan wanted,
            @Parameter(hidden = true) Caller administrator) {
        var name = PlanFields.name(wanted.name());
        var terms = fields.terms(wanted);
        return answers.once(
                administrator.name(),
                key,
                Arrays.asList("plan", wanted),
                () ->
                        new IdempotentAnswers.Answer(
                                HttpStatus.CREATED.value(), make(name, terms, administrator)));
    }

    private PlanView make(String name, PlanTerms terms, Caller administrator) {
        var made =
                plans.create(name, terms, administrator.name())
                        .orElseThrow(() ->
                                new Refused(
                                        Problem.taken("name", "There is a plan of this name.")));
        record(administrator, "plan.created", made);
        return PlanView.of(made);
    }

    @Operation(summary = "Plans, by name")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/plans")
    PlanPage list(
            @Parameter(description = "true: also those that are not sold any more")
                    @RequestParam(defaultValue = "false")
                    boolean retired,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var rows = plans.list(retired, cursor == null ? "" : Pages.text(cursor), size + 1);
        var page = Pages.page(rows, size);
        return new PlanPage(page.items(PlanView::of), page.next(row -> row.name()));
    }

    @Operation(summary = "One plan")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/plans/{plan}")
    ResponseEntity<PlanView> get(@PathVariable String plan) {
        return tags.answer(PlanView.of(find(plan)));
    }

    @Operation(summary = "The versions of a plan, newest first")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/plans/{plan}/versions")
    PlanPage versions(
            @PathVariable String plan,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        long before = cursor == null ? Integer.MAX_VALUE : Pages.number(cursor);
        var rows =
                plans.history(
                        find(plan).plan(), Math.clamp(before, 0, Integer.MAX_VALUE), size + 1);
        var page = Pages.page(rows, size);
        return new PlanPage(page.items(PlanView::of), page.next(row -> row.number()));
    }

    @Operation(
            summary = "Give a plan other terms",
            description =
                    "Makes a new version, which is for sale from now on. Who bought an older one"
                            + " keeps its terms, also when renewing. The same terms again make no"
                            + " version.")
    @Permit(Level.ADMINISTRATOR)
    @PutMapping("/api/v1/plans/{plan}")
    ResponseEntity<PlanView> change(
            @PathVariable String plan,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @RequestBody NewTerms wanted,
            @Parameter(hidden = true) Caller administrator) {
        var terms = fields.terms(wanted);
        return tags.answer(
                transactions.execute(status -> change(plan, ifMatch, terms, administrator)));
    }

    private PlanView change(
            String name, @Nullable String ifMatch, PlanTerms terms, Caller administrator) {
        var before = lock(name);
        tags.check(ifMatch, PlanView.of(before));
        if (before.terms().equals(terms)) {
            return PlanView.of(before);
        }
        var made = plans.addVersion(before.plan(), terms, administrator.name());
        record(administrator, "plan.changed", made);
        return PlanView.of(made);
    }

    @Operation(
            summary = "Sell a plan no more",
            description = "Who has it keeps it, and may renew it. Safe to repeat.")
    @Permit(Level.ADMINISTRATOR)
    @DeleteMapping("/api/v1/plans/{plan}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void retire(
            @PathVariable String plan,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller administrator) {
        transactions.executeWithoutResult(status -> {
            var found = lock(plan);
            tags.check(ifMatch, PlanView.of(found));
            if (found.retiredAt() == null) {
                plans.retire(found.plan(), administrator.name());
                record(administrator, "plan.retired", found);
            }
        });
    }

    private PlanVersion lock(String name) {
        plans.lock(find(name).plan());
        return find(name);
    }

    private PlanVersion find(String name) {
        return plans.find(name)
                .orElseThrow(() -> new Refused(Problem.notFound("There is no plan of this name.")));
    }

    private void record(Caller administrator, String action, PlanVersion version) {
        audit.record(
                administrator,
                action,
                "plan/" + version.name(),
                Map.of(
                        "version", String.valueOf(version.number()),
                        "price", version.terms().price().toDecimal()));
    }
}
