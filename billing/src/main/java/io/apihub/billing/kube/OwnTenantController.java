package io.apihub.billing.kube;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A member's Tenant, as Kubernetes has it; only the platform writes it. */
@RestController
@Tag(name = "Kubernetes")
class OwnTenantController {

    private static final String ONE = "/k8s/apis/apihub.io/v1alpha1/tenants/{tenant}";

    private final TenantLookup tenants;
    private final ApiServers servers;
    private final Watches watches;

    OwnTenantController(TenantLookup tenants, ApiServers servers, Watches watches) {
        this.tenants = tenants;
        this.servers = servers;
        this.watches = watches;
    }

    @Operation(
            summary = "The Tenant, and what the platform allows it",
            description = Answers.STREAM,
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            description = "The Tenant; with watch=true the stream",
                            content = {
                                @Content(
                                        mediaType = Answers.JSON,
                                        schema = @Schema(type = "object")),
                                @Content(
                                        mediaType = Answers.EVENTS,
                                        schema = @Schema(type = "string"))
                            }))
    @Permit(Level.VIEWER)
    @GetMapping(path = ONE, params = "!watch", produces = Answers.JSON)
    ResponseEntity<Object> get(@PathVariable String tenant) {
        var path = ResourceKind.TENANT.path(null) + "/" + tenants.findLiving(tenant).name();
        var found = servers.portal().send(Call.get(path)).orRefused();
        return Answers.object(200, Shown.tenant(found));
    }

    @Operation(hidden = true) // OpenAPI has one GET of a path.
    @Permit(Level.VIEWER)
    @GetMapping(path = ONE, params = "watch", produces = Answers.EVENTS)
    void watch(
            @PathVariable String tenant,
            @Parameter(description = "Must be true") @RequestParam boolean watch,
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) HttpServletRequest request,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        Answers.watch(watch);
        var wish = new Watches.Wish(caller, tenants.findLiving(tenant), ResourceKind.TENANT);
        watches.open(wish, request, response);
    }
}
