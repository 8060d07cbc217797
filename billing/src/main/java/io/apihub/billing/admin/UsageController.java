package io.apihub.billing.admin;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.account.Keys;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.rest.Pages;
import io.apihub.billing.usage.UsageEntry;
import io.apihub.billing.usage.UsageReports;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Usage, record by record. */
@RestController
@Tag(name = "Usage")
class UsageController {

    private final UsageFilters filters;
    private final UsageReports reports;
    private final Tenants tenants;
    private final Keys keys;

    UsageController(UsageFilters filters, UsageReports reports, Tenants tenants, Keys keys) {
        this.filters = filters;
        this.reports = reports;
        this.tenants = tenants;
        this.keys = keys;
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
        var size = Pages.limit(limit);
        var before = cursor == null ? null : Pages.id(cursor);
        var rows = reports.records(filters.filter(query), before, size + 1);
        var page = rows.subList(0, Math.min(size, rows.size()));
        return new UsagePage(
                views(page), rows.size() > size ? Pages.cursor(page.getLast().holdId()) : null);
    }

    private List<UsageView> views(List<UsageEntry> page) {
        var names =
                tenants
                        .findAll(
                                page.stream()
                                        .map(entry -> entry.subject().tenantId())
                                        .collect(Collectors.toSet()))
                        .values()
                        .stream()
                        .collect(Collectors.toMap(Tenant::id, Tenant::name));
        var keyNames =
                keys.names(
                        page.stream()
                                .map(entry -> entry.subject().keyUid())
                                .collect(Collectors.toSet()));
        return page.stream().map(entry -> UsageView.of(entry, names, keyNames)).toList();
    }
}
