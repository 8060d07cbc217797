package io.apihub.billing.kube;

import tools.jackson.databind.node.ObjectNode;

/** Objects as members see them: without bookkeeping, and with who else keeps them. */
final class Shown {

    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final String MANAGED_BY = "apihub.io/managed-by";
    private static final String READ_ONLY = "apihub.io/read-only-fields";

    private Shown() {}

    /** An ApiKey or a Quota. */
    static ObjectNode object(ObjectNode object) {
        var ownership = Ownership.of(object);
        var metadata = object.withObject("/metadata");
        metadata.remove("managedFields");
        var annotations = metadata.withObject("/annotations");
        annotations.remove(LAST_APPLIED);
        var managers = ownership.managers();
        if (!managers.isEmpty()) {
            annotations.put(MANAGED_BY, String.join(",", managers));
            annotations.put(READ_ONLY, String.join(",", ownership.readOnly()));
        }
        if (annotations.isEmpty()) {
            metadata.remove("annotations");
        }
        return object;
    }

    /** A Tenant: what the platform wrote down about it for itself is not shown. */
    static ObjectNode tenant(ObjectNode object) {
        var metadata = object.withObject("/metadata");
        for (var hidden : new String[] {"managedFields", "annotations", "labels", "finalizers"}) {
            metadata.remove(hidden);
        }
        return object;
    }

    static String version(ObjectNode object) {
        return object.path("metadata").path("resourceVersion").asString("");
    }
}
