package io.apihub.billing.insight;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.rest.Pages;
import io.apihub.billing.usage.UsageEntry;
import io.apihub.billing.usage.UsageFilter;
import io.apihub.billing.usage.UsageReports;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Usage, record by record. */
@RestController
@Tag(name = "Usage")
class UsageController {

    private final UsageFilters filters;
    private final UsageReports reports;
    private final UsageViews views;
    private final UsageExport export;

    UsageController(
            UsageFilters filters, UsageReports reports, UsageViews views, UsageExport export) {
        this.filters = filters;
        this.reports = reports;
        this.views = views;
        this.export = export;
    }

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record UsagePage(List<UsageView> items, @Nullable String nextCursor) {}

    @Operation(summary = "Requests that were served, newest first")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/usage")
    UsagePage usage(
            @ParameterObject UsageQuery query,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        return page(filters.filter(query), cursor, limit, views::of);
    }

    @Operation(summary = "A tenant's requests, newest first")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/usage")
    UsagePage ofTenant(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @ParameterObject RecordQuery query,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        return page(filters.filter(tenant, query), cursor, limit, views::ofTenant);
    }

    private UsagePage page(
            UsageFilter filter,
            @Nullable String cursor,
            int limit,
            Function<List<UsageEntry>, List<UsageView>> shown) {
        var size = Pages.limit(limit);
        var before = cursor == null ? null : Pages.id(cursor);
        var rows = reports.records(filter, before, size + 1);
        var page = Pages.page(rows, size);
        return new UsagePage(shown.apply(page.rows()), page.next(row -> row.holdId()));
    }

    @Operation(
            summary = "A tenant's requests as CSV, newest first, however many",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            description = "RFC 4180, UTF-8, with a line of names",
                            content =
                                    @Content(
                                            mediaType = "text/csv",
                                            schema = @Schema(type = "string"))))
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/usage/export")
    void export(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @ParameterObject RecordQuery query,
            @Parameter(description = "true: begin with a byte order mark, as Excel wants it")
                    @RequestParam(defaultValue = "false")
                    String bom,
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        var mark = Boolean.TRUE.equals(Traits.flag("bom", bom));
        export.write(
                new UsageExport.Wish(caller.name(), filters.filter(tenant, query), mark), response);
    }
}
