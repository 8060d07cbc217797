package io.apihub.billing.kube;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The ApiKeys of a tenant, as Kubernetes has them. Developers change them. */
@RestController
@Tag(name = "Kubernetes")
class ApiKeysController {

    private static final String ALL = "/k8s/apis/apihub.io/v1alpha1/namespaces/{namespace}/apikeys";
    private static final String ONE = ALL + "/{name}";

    private final TenantLookup tenants;
    private final MemberObjects objects;
    private final Watches watches;

    ApiKeysController(TenantLookup tenants, MemberObjects objects, Watches watches) {
        this.tenants = tenants;
        this.objects = objects;
        this.watches = watches;
    }

    @Operation(
            summary = "The ApiKeys of a namespace",
            description = Answers.STREAM,
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            description = "The page; with watch=true the stream",
                            content = {
                                @Content(
                                        mediaType = Answers.JSON,
                                        schema = @Schema(type = "object")),
                                @Content(
                                        mediaType = Answers.EVENTS,
                                        schema = @Schema(type = "string"))
                            }))
    @Permit(Level.VIEWER)
    @GetMapping(path = ALL, params = "!watch", produces = Answers.JSON)
    ResponseEntity<Object> list(
            @PathVariable String namespace,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit,
            @Parameter(description = "metadata.continue of the page before")
                    @RequestParam(name = "continue", required = false)
                    @Nullable String next) {
        return Answers.list(
                objects.list(
                        tenants.inNamespace(namespace),
                        ResourceKind.API_KEY,
                        Answers.limit(limit),
                        Answers.next(next)));
    }

    @Operation(summary = "One ApiKey")
    @Permit(Level.VIEWER)
    @GetMapping(path = ONE, produces = Answers.JSON)
    ResponseEntity<Object> get(@PathVariable String namespace, @PathVariable String name) {
        return Answers.object(200, objects.get(name(namespace, name)));
    }

    @Operation(summary = "Create an ApiKey")
    @Permit(Level.DEVELOPER)
    @ApiResponse(responseCode = "201", description = "Created")
    @RequestBody(content = @Content(schema = @Schema(type = "object")))
    @PostMapping(path = ALL, consumes = Answers.JSON, produces = Answers.JSON)
    ResponseEntity<Object> create(
            @PathVariable String namespace,
            @Parameter(description = "All: check everything, create nothing")
                    @RequestParam(required = false)
                    @Nullable String dryRun,
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) HttpServletRequest request)
            throws IOException {
        var writing = Writing.of(caller, null, dryRun);
        var body = Bodies.read(request.getInputStream());
        var tenant = tenants.inNamespace(namespace);
        return Answers.object(201, objects.create(tenant, ResourceKind.API_KEY, body, writing));
    }

    @Operation(summary = "Merge a patch into an ApiKey")
    @Permit(Level.DEVELOPER)
    @RequestBody(content = @Content(schema = @Schema(type = "object")))
    @PatchMapping(path = ONE, consumes = Answers.MERGE_PATCH, produces = Answers.JSON)
    ResponseEntity<Object> change(
            @PathVariable String namespace,
            @PathVariable String name,
            @Parameter(description = "All: check everything, change nothing")
                    @RequestParam(required = false)
                    @Nullable String dryRun,
            @Parameter(description = "ETag that the object must have")
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) HttpServletRequest request)
            throws IOException {
        var writing = Writing.of(caller, ifMatch, dryRun);
        var body = Bodies.read(request.getInputStream());
        return Answers.object(200, objects.change(name(namespace, name), body, writing));
    }

    @Operation(summary = "Delete an ApiKey: it is revoked")
    @Permit(Level.DEVELOPER)
    @ApiResponse(responseCode = "204", description = "Deleted")
    @DeleteMapping(ONE)
    ResponseEntity<Void> delete(
            @PathVariable String namespace,
            @PathVariable String name,
            @Parameter(description = "All: check everything, delete nothing")
                    @RequestParam(required = false)
                    @Nullable String dryRun,
            @Parameter(description = "ETag that the object must have")
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller caller) {
        objects.delete(name(namespace, name), Writing.of(caller, ifMatch, dryRun));
        return ResponseEntity.noContent().build();
    }

    @Operation(hidden = true) // OpenAPI has one GET of a path: that of the list.
    @Permit(Level.VIEWER)
    @GetMapping(path = ALL, params = "watch", produces = Answers.EVENTS)
    void watch(
            @PathVariable String namespace,
            @Parameter(description = "Must be true") @RequestParam boolean watch,
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) HttpServletRequest request,
            @Parameter(hidden = true) HttpServletResponse response)
            throws IOException {
        Answers.watch(watch);
        var wish = new Watches.Wish(caller, tenants.inNamespace(namespace), ResourceKind.API_KEY);
        watches.open(wish, request, response);
    }

    private ObjectName name(String namespace, String name) {
        return new ObjectName(tenants.inNamespace(namespace), ResourceKind.API_KEY, name);
    }
}
