package io.apihub.billing.kube;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whose the fields of a Tenant are that a template has. Who made the Tenant owns them at first, and
 * what somebody else owns server-side apply never takes away: so they are handed over once, as
 * kubectl does when it changes to server-side apply.
 */
final class AppliedFields {

    /** Who applies templates. */
    static final String MANAGER = "apihub-plans";

    /** Who makes Tenants, as the API server calls us if we don't say a name. */
    private static final String MAKER = "fabric8-kubernetes-client";

    private static final List<List<String>> PATHS =
            List.of(
                    List.of("f:spec", "f:limits"),
                    List.of("f:spec", "f:allowedModels"),
                    List.of("f:spec", "f:billing", "f:priceFactor"),
                    List.of("f:metadata", "f:annotations", "f:" + KubernetesTenants.TEMPLATE));

    private AppliedFields() {}

    /**
     * Moves the fields from the maker to us.
     *
     * @param managedFields as the Tenant has them; changed
     * @return whether anything was moved
     */
    static boolean handOver(ArrayNode managedFields, Instant now) {
        var moved = JsonNodeFactory.instance.objectNode();
        for (var entry : managedFields) {
            boolean makers =
                    entry.path("manager").asString("").equals(MAKER)
                            && entry.path("operation").asString("").equals("Update")
                            && entry.path("subresource").asString("").isEmpty();
            if (makers && entry.path("fieldsV1") instanceof ObjectNode fields) {
                PATHS.forEach(path -> move(fields, moved, path));
            }
        }
        if (moved.isEmpty()) {
            return false;
        }
        var ours = managedFields.addObject();
        ours.put("manager", MANAGER).put("operation", "Apply");
        ours.put("apiVersion", "apihub.io/v1alpha1").put("fieldsType", "FieldsV1");
        ours.put("time", now.truncatedTo(ChronoUnit.SECONDS).toString());
        ours.set("fieldsV1", moved);
        return true;
    }

    private static void move(ObjectNode from, ObjectNode to, List<String> path) {
        var source = from;
        for (var name : path.subList(0, path.size() - 1)) {
            if (!(source.path(name) instanceof ObjectNode next)) {
                return;
            }
            source = next;
        }
        var field = source.remove(path.getLast());
        if (field != null) {
            var target = to;
            for (var name : path.subList(0, path.size() - 1)) {
                target = target.withObject("/" + name);
            }
            target.set(path.getLast(), field);
        }
    }
}
