package io.apihub.billing.kube;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.kube.ObjectAudit.Deed;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.util.LinkedHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What members do with the ApiKeys and Quotas of their tenant. Who may, was decided before; here is
 * what, and in whose name.
 */
@Component
class MemberObjects {

    private static final int CONFLICTS = 5;

    private final ApiServers servers;
    private final ObjectCaps caps;
    private final ObjectAudit log;

    MemberObjects(ApiServers servers, ObjectCaps caps, ObjectAudit log) {
        this.servers = servers;
        this.caps = caps;
        this.log = log;
    }

    /** A page, as the API server keeps it. */
    ObjectNode list(Tenant tenant, ResourceKind kind, int limit, @Nullable String next) {
        var query = new LinkedHashMap<String, String>();
        query.put("limit", String.valueOf(limit));
        if (next != null) {
            query.put("continue", next);
        }
        var path = kind.path(tenant.namespace());
        var page = servers.portal().send(Call.get(path, query)).orRefused();
        for (var item : page.path("items")) {
            if (item instanceof ObjectNode object) {
                Shown.object(object);
            }
        }
        return page;
    }

    ObjectNode get(ObjectName name) {
        return Shown.object(find(name));
    }

    /** Creates an object, unless the tenant has as many as it may. */
    ObjectNode create(Tenant tenant, ResourceKind kind, ObjectNode body, Writing writing) {
        var draft = new Drafts(kind, tenant).creation(body, writing.caller().name());
        var path = kind.path(tenant.namespace());
        var post = Call.post(path, writing.query(), draft);
        return Shown.object(
                log.around(
                        writing,
                        new ObjectAudit.Change(Deed.CREATE, kind, tenant, draft),
                        () ->
                                caps.below(
                                        tenant,
                                        kind,
                                        () -> servers.portal().send(post).orRefused())));
    }

    /**
     * Merges a patch into an object. Without {@code If-Match} it is merged into whatever is there
     * by then.
     */
    ObjectNode change(ObjectName name, ObjectNode body, Writing writing) {
        var draft =
                new Drafts(name.kind(), name.tenant())
                        .change(body, name.name(), writing.caller().name());
        return Shown.object(
                log.around(
                        writing,
                        new ObjectAudit.Change(Deed.CHANGE, name.kind(), name.tenant(), draft),
                        () -> repeat(() -> tryToChange(name, draft, writing))));
    }

    private Reply tryToChange(ObjectName name, ObjectNode draft, Writing writing) {
        var current = find(name);
        writing.check(Shown.version(current));
        checkOwner(name.kind(), current);
        Ownership.of(current)
                .conflict(draft)
                .ifPresent(kept -> {
                    throw new Refused(
                            Problem.managedElsewhere(
                                    kept.field(),
                                    "'"
                                            + kept.manager()
                                            + "' keeps "
                                            + kept.field()
                                            + " and would change it back: change it there."));
                });
        var patch = draft.deepCopy();
        patch.withObject("/metadata").put("resourceVersion", Shown.version(current));
        return servers.portal().send(Call.patch(name.path(), writing.query(), patch));
    }

    /** Deletes an object; an ApiKey is revoked by it. */
    void delete(ObjectName name, Writing writing) {
        var draft = JsonNodeFactory.instance.objectNode();
        draft.withObject("/metadata").put("name", name.name());
        log.around(
                writing,
                new ObjectAudit.Change(Deed.DELETE, name.kind(), name.tenant(), draft),
                () -> repeat(() -> tryToDelete(name, writing)));
    }

    private Reply tryToDelete(ObjectName name, Writing writing) {
        var current = find(name);
        writing.check(Shown.version(current));
        checkOwner(name.kind(), current);
        Ownership.of(current)
                .declaredBy()
                .ifPresent(manager -> {
                    throw new Refused(
                            Problem.managedElsewhere(null, declared(name.kind(), manager)));
                });
        var options = JsonNodeFactory.instance.objectNode();
        options.put("apiVersion", "v1").put("kind", "DeleteOptions");
        options.withObject("/preconditions").put("resourceVersion", Shown.version(current));
        if (writing.dryRun()) {
            // Beside a body the API server reads no parameters.
            options.putArray("dryRun").add("All");
        }
        return servers.portal().send(Call.delete(name.path(), options));
    }

    private static String declared(ResourceKind kind, String manager) {
        return "'"
                + manager
                + "' declares this object and would make it again: delete it there."
                + (kind == ResourceKind.API_KEY
                        ? " To stop the key now, set spec.disabled to true."
                        : "");
    }

    /** The status of an object changes its version too: so who names none need not see that. */
    private static ObjectNode repeat(Supplier<Reply> attempt) {
        var reply = attempt.get();
        for (int i = 1; reply.status() == 409 && i < CONFLICTS; i++) {
            reply = attempt.get();
        }
        return reply.orRefused();
    }

    private ObjectNode find(ObjectName name) {
        return servers.portal().send(Call.get(name.path())).orRefused();
    }

    private static void checkOwner(ResourceKind kind, ObjectNode current) {
        var owner = current.path("spec").path("owner").asString("Platform");
        if (kind == ResourceKind.QUOTA && !owner.equals("Tenant")) {
            throw new Refused(
                    Problem.managedElsewhere(
                            "spec.owner",
                            "This Quota is the platform's; make one of your own beside it: the"
                                    + " tightest limit decides."));
        }
    }
}
