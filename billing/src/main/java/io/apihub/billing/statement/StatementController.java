package io.apihub.billing.statement;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.ledger.LedgerSpan;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.Parameters;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.usage.ChargedUsage;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A tenant's months. */
@RestController
@Tag(name = "Statements")
class StatementController {

    private static final String MONTH = "Such as 2026-11";
    private static final String ZONE = "Whose months, such as Asia/Shanghai";

    private final TenantLookup tenants;
    private final Statements statements;
    private final StatementCsv csv;
    private final StatementPage page;
    private final EntityTags tags;
    private final String currency;

    /** The forms that a statement has besides JSON. */
    @Component
    record Forms(StatementCsv csv, StatementPage page) {}

    StatementController(
            TenantLookup tenants,
            Statements statements,
            Forms forms,
            EntityTags tags,
            Settings settings) {
        this.tenants = tenants;
        this.statements = statements;
        this.csv = forms.csv();
        this.page = forms.page();
        this.tags = tags;
        this.currency = settings.currency();
    }

    /**
     * A month that has a statement.
     *
     * @param from its first instant
     * @param to the first instant after it
     */
    record StatementMonth(String month, Instant from, Instant to) {}

    /** The running month first. */
    record StatementMonths(String timeZone, List<StatementMonth> items) {}

    @Operation(summary = "The months that a tenant has statements of, the running one first")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/statements")
    StatementMonths months(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = ZONE) @RequestParam(defaultValue = "UTC") String timeZone) {
        var zone = Parameters.zone("timeZone", timeZone);
        return new StatementMonths(
                zone.getId(),
                statements.months(tenants.find(tenant), zone).stream()
                        .map(month ->
                                new StatementMonth(month.toString(), month.from(), month.to()))
                        .toList());
    }

    /**
     * All transactions of a kind.
     *
     * @param amount positive: the balance grew; the sum of {@code credited} and {@code debited}
     */
    record StatementKind(
            String kind,
            long transactions,
            String credited,
            String creditedMicros,
            String debited,
            String debitedMicros,
            String amount,
            String amountMicros) {

        static StatementKind of(LedgerSpan.Kind kind) {
            return new StatementKind(
                    kind.kind().wireName(),
                    kind.transactions(),
                    kind.credited().toDecimal(),
                    String.valueOf(kind.credited().micros()),
                    kind.debited().toDecimal(),
                    String.valueOf(kind.debited().micros()),
                    kind.amount().toDecimal(),
                    String.valueOf(kind.amount().micros()));
        }
    }

    /**
     * What requests of a model cost.
     *
     * @param model empty: what no record of a request explains
     * @param charged negative if corrections gave back more than was charged
     */
    record StatementModel(String model, long requests, String charged, String chargedMicros) {

        static StatementModel of(ChargedUsage.OfModel model) {
            return new StatementModel(
                    model.model(),
                    model.requests(),
                    model.charged().toDecimal(),
                    String.valueOf(model.charged().micros()));
        }
    }

    /**
     * A tenant's month.
     *
     * @param complete nothing can be added any more; true an hour after the month's end
     * @param opening balance at the month's beginning
     * @param kinds what moved; opening and all amounts make closing
     * @param charged for requests: usage, overage and correction together
     * @param models make {@code charged}
     */
    record MonthStatement(
            String tenantId,
            String tenant,
            String month,
            String timeZone,
            Instant from,
            Instant to,
            boolean complete,
            String currency,
            String opening,
            String openingMicros,
            List<StatementKind> kinds,
            String charged,
            String chargedMicros,
            List<StatementModel> models,
            String closing,
            String closingMicros) {}

    @Operation(
            summary = "A tenant's month: opening balance, what moved, closing balance",
            description =
                    "From the ledger, proven: opening balance and what moved make the closing"
                            + " balance, which is the next month's opening balance. A transaction"
                            + " belongs to the month that it began in; requests count when they"
                            + " were booked.")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/statements/{month}")
    ResponseEntity<MonthStatement> statement(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = MONTH) @PathVariable String month,
            @Parameter(description = ZONE) @RequestParam(defaultValue = "UTC") String timeZone) {
        return tags.answer(view(find(tenant, month, timeZone)));
    }

    private Statement find(String tenant, String month, String timeZone) {
        return statements.statement(
                tenants.find(tenant), Month.parse(month, timeZone, statements.now()));
    }

    private MonthStatement view(Statement statement) {
        var span = statement.span();
        return new MonthStatement(
                statement.tenant().id().toString(),
                statement.tenant().name(),
                statement.month().toString(),
                statement.month().zone().getId(),
                span.from(),
                span.to(),
                span.isFinal(),
                currency,
                span.opening().toDecimal(),
                String.valueOf(span.opening().micros()),
                span.kinds().stream().map(StatementKind::of).toList(),
                statement.charged().toDecimal(),
                String.valueOf(statement.charged().micros()),
                statement.byModel().stream().map(StatementModel::of).toList(),
                span.closing().toDecimal(),
                String.valueOf(span.closing().micros()));
    }

    @Operation(
            summary = "All postings of a tenant's month as CSV, with the balance after each",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            description = "RFC 4180, UTF-8, with a line of names",
                            content =
                                    @Content(
                                            mediaType = "text/csv",
                                            schema = @Schema(type = "string"))))
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/statements/{month}/export")
    void export(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = MONTH) @PathVariable String month,
            @Parameter(description = ZONE) @RequestParam(defaultValue = "UTC") String timeZone,
            @Parameter(description = "true: begin with a byte order mark, as Excel wants it")
                    @RequestParam(defaultValue = "false")
                    boolean bom,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        csv.write(find(tenant, month, timeZone), bom, response);
    }

    @Operation(
            summary = "A tenant's month as a page to print",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            description = "HTML without scripts, complete in itself",
                            content =
                                    @Content(
                                            mediaType = "text/html",
                                            schema = @Schema(type = "string"))))
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/statements/{month}/page")
    ResponseEntity<String> page(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = MONTH) @PathVariable String month,
            @Parameter(description = ZONE) @RequestParam(defaultValue = "UTC") String timeZone,
            @Parameter(description = "en or zh") @RequestParam(defaultValue = "en") String lang) {
        var words =
                Words.of(lang)
                        .orElseThrow(
                                () -> new Refused(Problem.invalid("lang", "Must be en or zh.")));
        return page.answer(find(tenant, month, timeZone), words);
    }
}
