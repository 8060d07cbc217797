package io.apihub.billing.redemption;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.audit.AuditLog;
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
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Batches of codes, for administrators. */
@RestController
@Tag(name = "Codes")
class CodeBatchController {

    private final CodeBatches batches;
    private final CodePrinter printer;
    private final AuditLog audit;
    private final IdempotentAnswers answers;
    private final EntityTags tags;

    CodeBatchController(CodeBatches batches, CodePrinter printer, AuditLog audit, Replies replies) {
        this.batches = batches;
        this.printer = printer;
        this.audit = audit;
        this.answers = replies.answers();
        this.tags = replies.tags();
    }

    /**
     * Codes to make.
     *
     * @param note what for, 1 to 200 characters; whoever redeems one sees it in the ledger
     * @param value of one use, decimal in the installation's currency, more than zero
     * @param codes how many, 1 to 5000; 1 if absent
     * @param usesPerCode how often each may be redeemed, by whomever; 1 if absent
     * @param usesPerUser how often one user may redeem codes of this batch, 1 to 1000; 1 if absent
     * @param expiresAt RFC 3339, in the future; absent: never
     */
    record NewCodeBatch(
            @Nullable String note,
            @Nullable String value,
            @Nullable Integer codes,
            @Nullable Integer usesPerCode,
            @Nullable Integer usesPerUser,
            @Nullable String expiresAt) {}

    /**
     * A batch, without its codes.
     *
     * @param used how often its codes were redeemed
     */
    record CodeBatchView(
            String id,
            String note,
            String value,
            String valueMicros,
            int codes,
            int usesPerCode,
            int usesPerUser,
            @Nullable Instant expiresAt,
            String createdBy,
            Instant createdAt,
            @Nullable Instant revokedAt,
            @Nullable String revokedBy,
            long used) {

        static CodeBatchView of(CodeBatch batch) {
            return new CodeBatchView(
                    batch.id().toString(),
                    batch.terms().note(),
                    batch.terms().value().toDecimal(),
                    String.valueOf(batch.terms().value().micros()),
                    batch.terms().codes(),
                    batch.terms().usesPerCode(),
                    batch.terms().usesPerUser(),
                    batch.terms().expiresAt(),
                    batch.createdBy(),
                    batch.createdAt(),
                    batch.revokedAt(),
                    batch.revokedBy(),
                    batch.used());
        }
    }

    /**
     * A new batch; its codes are shown this once, and absent in repeats.
     *
     * @param csv the same codes as a file, with value and expiry
     */
    record CreatedCodeBatch(
            CodeBatchView details, @Nullable List<String> codes, @Nullable String csv) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record CodeBatchPage(List<CodeBatchView> items, @Nullable String nextCursor) {}

    /**
     * One use.
     *
     * @param code number of the code in its batch, from 1
     * @param use which use of this code, from 1
     */
    record CodeUse(
            int code,
            int use,
            UUID userId,
            UUID tenantId,
            String transactionId,
            Instant redeemedAt) {}

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record CodeUsePage(List<CodeUse> items, @Nullable String nextCursor) {}

    @Operation(
            summary = "Make a batch of codes",
            description =
                    "The codes are in the answer, as a list and as CSV, and nowhere else: only"
                            + " digests are kept. If the answer got lost, revoke the batch.")
    @ApiResponse(
            responseCode = "201",
            description = "Made; with the header Idempotency-Replayed: true, made before",
            content = @Content(schema = @Schema(implementation = CreatedCodeBatch.class)))
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/code-batches")
    ResponseEntity<String> create(
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody NewCodeBatch wanted,
            @Parameter(hidden = true) Caller administrator) {
        return answers.once(
                administrator.name(),
                key,
                Arrays.asList("code-batch", wanted),
                () -> make(printer.terms(wanted), administrator));
    }

    private IdempotentAnswers.Answer make(CodeBatch.Terms terms, Caller administrator) {
        var id = UUID.randomUUID();
        var codes = printer.mint(terms.codes());
        batches.insert(id, terms, administrator.name(), codes);
        audit.record(
                administrator,
                "code.batch-created",
                "code-batch/" + id,
                Map.of(
                        "value", terms.value().toDecimal(),
                        "codes", String.valueOf(terms.codes()),
                        "usesPerCode", String.valueOf(terms.usesPerCode())));
        var details = CodeBatchView.of(find(id));
        return new IdempotentAnswers.Answer(
                HttpStatus.CREATED.value(),
                new CreatedCodeBatch(
                        details,
                        codes.stream().map(RedemptionCode::reveal).toList(),
                        printer.csv(terms, codes)),
                new CreatedCodeBatch(details, null, null));
    }

    @Operation(summary = "Batches of codes, newest first")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/code-batches")
    CodeBatchPage list(
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var rows = batches.before(cursor == null ? null : Pages.id(cursor), size + 1);
        var page = Pages.page(rows, size);
        return new CodeBatchPage(page.items(CodeBatchView::of), page.next(row -> row.id()));
    }

    @Operation(summary = "One batch of codes")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/code-batches/{id}")
    ResponseEntity<CodeBatchView> get(@PathVariable UUID id) {
        return tags.answer(CodeBatchView.of(find(id)));
    }

    @Operation(summary = "What was redeemed of a batch, newest first")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/code-batches/{id}/uses")
    CodeUsePage uses(
            @PathVariable UUID id,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var rows = batches.usesBefore(find(id).id(), before, size + 1);
        var page = Pages.page(rows, size);
        return new CodeUsePage(page.items(CodeBatchController::use), page.next(row -> row.id()));
    }

    private static CodeUse use(CodeBatches.Use use) {
        return new CodeUse(
                use.codeNumber(),
                use.number(),
                use.user(),
                use.tenant(),
                String.valueOf(use.transactionId()),
                use.redeemedAt());
    }

    @Operation(
            summary = "Revoke a batch, at once and for good",
            description = "What was redeemed before stays. Safe to repeat.")
    @Permit(Level.ADMINISTRATOR)
    @DeleteMapping("/api/v1/code-batches/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    void revoke(
            @PathVariable UUID id,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller administrator) {
        batches.lock(id);
        var batch = find(id);
        tags.check(ifMatch, CodeBatchView.of(batch));
        if (batch.revokedAt() == null) {
            batches.revoke(id, administrator.name());
            audit.record(
                    administrator,
                    "code.batch-revoked",
                    "code-batch/" + id,
                    Map.of("used", String.valueOf(batch.used())));
        }
    }

    private CodeBatch find(UUID id) {
        return batches.find(id)
                .orElseThrow(() ->
                        new Refused(Problem.notFound("There is no batch of codes of this id.")));
    }
}
