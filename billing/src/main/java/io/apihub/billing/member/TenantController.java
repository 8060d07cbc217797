package io.apihub.billing.member;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Role;
import io.apihub.billing.rest.Pages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tenants that the caller may see. */
@RestController
@Tag(name = "Members")
class TenantController {

    private final JdbcTemplate jdbc;

    TenantController(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A tenant that lives.
     *
     * @param role the caller's; administrators are owners everywhere
     * @param owners how many members own it; 0: nobody does yet
     */
    record TenantItem(UUID id, String name, String billingMode, Role role, int owners) {}

    /**
     * A page, by name.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record TenantPage(List<TenantItem> items, @Nullable String nextCursor) {}

    @Operation(
            summary = "Your tenants, by name",
            description = "For administrators: all. Deleted ones are not listed.")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/tenants")
    TenantPage list(
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit,
            @Parameter(hidden = true) Caller caller) {
        var size = Pages.limit(limit);
        var rows =
                jdbc.query(
                        "SELECT t.tenant_id, t.name, t.billing_mode, (SELECT count(*) FROM"
                                + " billing.member m WHERE m.tenant_id = t.tenant_id"
                                + " AND m.role = 'OWNER') AS owners"
                                + " FROM registry.tenant t WHERE t.deleted_at IS NULL"
                                + " AND t.name > ? AND (? OR t.tenant_id = ANY (?))"
                                + " ORDER BY t.name LIMIT ?",
                        (row, number) -> {
                            var id = row.getObject("tenant_id", UUID.class);
                            return new TenantItem(
                                    id,
                                    row.getString("name"),
                                    row.getString("billing_mode"),
                                    caller.roleIn(id).orElseThrow(),
                                    row.getInt("owners"));
                        },
                        cursor == null ? "" : Pages.text(cursor),
                        caller.administrator(),
                        caller.roles().keySet().toArray(UUID[]::new),
                        size + 1);
        var page = Pages.page(rows, size);
        return new TenantPage(page.rows(), page.next(row -> row.name()));
    }
}
