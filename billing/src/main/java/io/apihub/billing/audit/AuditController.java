package io.apihub.billing.audit;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.rest.Pages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The audit log, for administrators. */
@RestController
@Tag(name = "Audit")
class AuditController {

    private final AuditPages pages;

    AuditController(AuditPages pages) {
        this.pages = pages;
    }

    /**
     * A change that was made.
     *
     * @param user id of the user who made it; absent for those who are none
     */
    record AuditLine(
            String id,
            Instant at,
            String actor,
            @Nullable UUID user,
            String action,
            String subject,
            Map<String, String> detail) {

        static AuditLine of(AuditEntry entry) {
            return new AuditLine(
                    String.valueOf(entry.id()),
                    entry.at(),
                    entry.actor(),
                    entry.user(),
                    entry.action(),
                    entry.subject(),
                    entry.detail());
        }
    }

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record AuditPage(List<AuditLine> items, @Nullable String nextCursor) {}

    @Operation(summary = "Every change, newest first")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/audit")
    AuditPage audit(
            @ParameterObject AuditFilter filter,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        filter.check();
        var size = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var rows = pages.before(before, filter, size + 1);
        var page = Pages.page(rows, size);
        return new AuditPage(page.items(AuditLine::of), page.next(row -> row.id()));
    }
}
