package io.apihub.billing.kube;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** The labels of a tenant's keys, which only Kubernetes has. */
@Component
public class KeyLabels {

    private static final int PAGE = 500;
    private static final int MOST_PAGES = 20;

    private final ApiServers servers;

    KeyLabels(ApiServers servers) {
        this.servers = servers;
    }

    /**
     * Of the keys that there are now, by uid; of more than 10,000 the first ones.
     *
     * @throws Refused 404 for a deleted tenant, whose namespace may be another's by now; 503 if
     *     Kubernetes is not configured or does not answer
     */
    public Map<UUID, Map<String, String>> of(Tenant tenant) {
        if (tenant.deleted()) {
            throw new Refused(
                    Problem.notFound(
                            "The tenant is deleted, and nobody knows the labels of its keys any"
                                    + " more; name the keys instead."));
        }
        var labels = new HashMap<UUID, Map<String, String>>();
        var path = ResourceKind.API_KEY.path(tenant.namespace());
        var next = "";
        for (int page = 0; page < MOST_PAGES && (page == 0 || !next.isEmpty()); page++) {
            var query = new LinkedHashMap<>(Map.of("limit", String.valueOf(PAGE)));
            if (!next.isEmpty()) {
                query.put("continue", next);
            }
            var list = servers.portal().send(Call.get(path, query)).orRefused();
            list.path("items").forEach(key -> labels.put(uid(key), labels(key)));
            next = list.path("metadata").path("continue").asString("");
        }
        return labels;
    }

    static UUID uid(JsonNode object) {
        return UUID.fromString(object.path("metadata").path("uid").asString());
    }

    private static Map<String, String> labels(JsonNode object) {
        var labels = new HashMap<String, String>();
        object.path("metadata")
                .path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
        return labels;
    }
}
