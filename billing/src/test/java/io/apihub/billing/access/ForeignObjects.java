package io.apihub.billing.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TenantObjects;
import io.apihub.billing.token.TokenHands;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Names objects of one tenant where another one's owner may name their own: each path of the
 * OpenAPI document that has more variables than the tenant, with each of them the real id of
 * another tenant's object, by session and by token. A path with a variable that nobody knows fails.
 */
final class ForeignObjects {

    private static final Pattern VARIABLE = Pattern.compile("([^/{}]+)/(\\{[^}]+})");

    /** They name the tenant. */
    private static final Set<String> TENANTS = Set.of("{tenant}", "{namespace}");

    /** They name no tenant's object: the platform's own things, months. */
    private static final Set<String> NOBODYS =
            Set.of(
                    "announcements/{id}",
                    "code-batches/{id}",
                    "plans/{plan}",
                    "refunds/{refund}",
                    "statements/{month}",
                    "suspense/{id}");

    /** Kubernetes has them: kube/MemberRolesIT. */
    private static final Set<String> OF_KUBERNETES = Set.of("apikeys/{name}", "quotas/{name}");

    /** Where a body has to make sense before anybody looks at the path. */
    private static final Map<String, String> BODIES =
            Map.of(
                    "PATCH members/{user}", "{\"role\": \"VIEWER\"}",
                    "PATCH webhooks/{id}", "{\"description\": \"mine\"}");

    private final TenantObjects mine;
    private final TenantObjects theirs;
    private final List<MatrixCaller> callers;

    ForeignObjects(RunningBilling billing, TenantObjects mine, TenantObjects theirs) {
        this.mine = mine;
        this.theirs = theirs;
        var token = new TokenHands(billing).personal(mine.owner().id(), "read", "write");
        this.callers =
                List.of(
                        MatrixCaller.session(billing, mine.owner()),
                        MatrixCaller.token(billing, token));
    }

    /** Each operation of the document; what is theirs is there afterwards as it was. */
    void check(JsonNode paths) {
        var before = seen(paths);
        assertThat(before).as("what has an id and can be read").hasSizeGreaterThan(5);
        for (var path : paths.propertyNames()) {
            var kinds = kinds(path);
            if (kinds.stream().anyMatch(kind -> mine.id(kind) != null)) {
                for (var method : paths.get(path).propertyNames()) {
                    check(method.toUpperCase(Locale.ROOT), path, kinds);
                }
            }
        }
        assertThat(seen(paths)).isEqualTo(before);
    }

    /** The variables of a path besides the tenant's, each with the word before it. */
    private List<String> kinds(String path) {
        var kinds = new ArrayList<String>();
        var variables = VARIABLE.matcher(path);
        while (variables.find()) {
            var kind = variables.group(1) + "/" + variables.group(2);
            if (!TENANTS.contains(variables.group(2))) {
                assertThat(
                                mine.id(kind) != null
                                        || NOBODYS.contains(kind)
                                        || OF_KUBERNETES.contains(kind))
                        .as("%s: TenantObjects has to make what '%s' names", path, kind)
                        .isTrue();
                kinds.add(kind);
            }
        }
        return kinds;
    }

    /**
     * Every choice of mine and theirs in which one is theirs at least. What may be removed twice
     * answers 204 when there is nothing to remove.
     */
    private void check(String method, String path, List<String> kinds) {
        for (int choice = 1; choice < 1 << kinds.size(); choice++) {
            var asked = path(path, mine.name(), kinds, choice);
            var last = kinds.getLast();
            var body = path.endsWith(last) ? BODIES.getOrDefault(method + " " + last, "{}") : "{}";
            for (var caller : callers) {
                var reply = caller.send(method, asked, "application/json", body);
                boolean removesNothing = method.equals("DELETE") && reply.status() == 204;
                assertThat(removesNothing || reply.status() == 403 || reply.status() == 404)
                        .as("%s %s as %s: %s", method, path, asked, reply)
                        .isTrue();
            }
        }
    }

    /**
     * A path with ids.
     *
     * @param choice bit by bit: theirs if set
     */
    private String path(String path, String tenant, List<String> kinds, int choice) {
        var filled = path.replace("{tenant}", tenant);
        for (int i = 0; i < kinds.size(); i++) {
            var kind = kinds.get(i);
            var id = (((choice >> i) & 1) == 1 ? theirs : mine).id(kind);
            var word = kind.substring(0, kind.indexOf('/') + 1);
            filled = filled.replace(kind, word + (id == null ? "1" : id));
        }
        return filled;
    }

    /** What their owner sees of each thing; of webhooks the deliveries go on by themselves. */
    private Map<String, String> seen(JsonNode paths) {
        var seen = new LinkedHashMap<String, String>();
        for (var path : paths.propertyNames()) {
            var kinds = kinds(path);
            boolean ours = path.contains("/tenants/{tenant}/") || path.contains("/me/");
            if (ours
                    && paths.get(path).has("get")
                    && kinds.stream().anyMatch(kind -> mine.id(kind) != null)
                    && !path.endsWith("/events")) {
                var asked = path(path, theirs.name(), kinds, -1);
                var body = theirs.seen(asked);
                seen.put(path, path.contains("/webhooks/") ? "there" : body);
            }
        }
        return seen;
    }

    /** Where query or body may name a tenant: theirs is refused. */
    void checkNamed(JsonNode document) {
        var named = named(document);
        assertThat(named).isNotEmpty();
        for (var title : named) {
            var words = title.split(" ", -1);
            var path = words[1].replace("{tenant}", mine.name()).replace("{id}", "1");
            boolean reads = words[0].equals("GET");
            var asked = reads ? path + "?tenant=" + theirs.name() : path;
            var body = "{\"tenant\": \"" + theirs.name() + "\"}";
            for (var caller : callers) {
                var reply = caller.send(words[0], asked, "application/json", body);
                assertThat(reply.status()).as("%s: %s", title, reply.body()).isIn(400, 403, 404);
                if (reply.status() == 400) {
                    assertThat(reply.body()).as(title).contains("\"field\":\"tenant\"");
                }
            }
        }
    }

    private static List<String> named(JsonNode document) {
        var named = new ArrayList<String>();
        var paths = document.get("paths");
        for (var path : paths.propertyNames()) {
            for (var method : paths.get(path).propertyNames()) {
                var operation = paths.get(path).get(method);
                var schema = operation.at("/requestBody/content/application~1json/schema/$ref");
                boolean inQuery =
                        operation
                                .path("parameters")
                                .valueStream()
                                .anyMatch(ForeignObjects::isTenant);
                if (inQuery
                        || (schema.isString()
                                && document.at(schema.asString().substring(1))
                                        .path("properties")
                                        .has("tenant"))) {
                    named.add(method.toUpperCase(Locale.ROOT) + " " + path);
                }
            }
        }
        return named;
    }

    private static boolean isTenant(JsonNode parameter) {
        return parameter.get("name").asString().equals("tenant")
                && parameter.get("in").asString().equals("query");
    }
}
