package io.apihub.billing.kube;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Fields;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns what a member wrote into what may be sent to the API server. What is not the member's to
 * write is refused by name, never dropped.
 */
final class Drafts {

    static final String REQUESTED_BY = "apihub.io/requested-by";

    private static final int LONGEST_NAME = 128;

    private final ResourceKind kind;
    private final Tenant tenant;

    Drafts(ResourceKind kind, Tenant tenant) {
        this.kind = kind;
        this.tenant = tenant;
    }

    /** A whole object to create. */
    ObjectNode creation(ObjectNode body, String requestedBy) {
        var draft = body.deepCopy();
        checkTop(draft);
        draft.put("apiVersion", ResourceKind.API_VERSION).put("kind", kind.kind());
        var metadata = object(draft, "metadata", "metadata");
        allow(metadata, "metadata", "name", "namespace", "labels", "annotations");
        var name = metadata.path("name");
        if (!name.isString() || !ResourceKind.isName(name.stringValue())) {
            throw invalid(
                    "metadata.name",
                    "Must be 1 to 253 characters a-z, 0-9, '-' and '.', a letter or digit at both"
                            + " ends.");
        }
        same(metadata, "namespace", "metadata.namespace", tenant.namespace());
        sign(metadata, requestedBy);
        var spec = object(draft, "spec", "spec");
        same(
                object(spec, "tenantRef", "spec.tenantRef"),
                "name",
                "spec.tenantRef.name",
                tenant.name());
        checkSpec(spec);
        if (kind == ResourceKind.QUOTA) {
            spec.put("owner", "Tenant");
        }
        return draft;
    }

    /** A merge patch of an object. */
    ObjectNode change(ObjectNode body, String name, String requestedBy) {
        var draft = body.deepCopy();
        checkTop(draft);
        var metadata = object(draft, "metadata", "metadata");
        allow(metadata, "metadata", "name", "namespace", "labels", "annotations");
        same(metadata, "name", "metadata.name", name);
        same(metadata, "namespace", "metadata.namespace", tenant.namespace());
        sign(metadata, requestedBy);
        if (draft.has("spec")) {
            var spec = object(draft, "spec", "spec");
            if (spec.has("tenantRef")) {
                same(
                        object(spec, "tenantRef", "spec.tenantRef"),
                        "name",
                        "spec.tenantRef.name",
                        tenant.name());
            }
            checkSpec(spec);
        }
        return draft;
    }

    private void checkTop(ObjectNode draft) {
        allow(draft, "", "apiVersion", "kind", "metadata", "spec");
        same(draft, "apiVersion", "apiVersion", ResourceKind.API_VERSION);
        same(draft, "kind", "kind", kind.kind());
    }

    private void checkSpec(ObjectNode spec) {
        if (spec.path("displayName").isString()) {
            var name = spec.path("displayName").stringValue();
            spec.put("displayName", Fields.name("spec.displayName", name, LONGEST_NAME));
        }
        if (kind == ResourceKind.QUOTA && spec.has("owner")) {
            same(spec, "owner", "spec.owner", "Tenant");
        }
        if (kind == ResourceKind.API_KEY && spec.path("generate").isObject()) {
            throw invalid(
                    "spec.generate",
                    "Not allowed here, since nobody could read the Secret: mint the key yourself"
                            + " and send keyHash and keyId.");
        }
    }

    /** Checks labels and annotations, and says on whose behalf it is. */
    private static void sign(ObjectNode metadata, String requestedBy) {
        if (metadata.has("labels")) {
            Markers.LABELS.check(object(metadata, "labels", "metadata.labels"));
        }
        var annotations = object(metadata, "annotations", "metadata.annotations");
        Markers.ANNOTATIONS.check(annotations);
        annotations.put(REQUESTED_BY, requestedBy);
    }

    /** The object that a field holds; a missing one is made. */
    private static ObjectNode object(ObjectNode parent, String field, String path) {
        var value = parent.get(field);
        if (value == null) {
            var made = JsonNodeFactory.instance.objectNode();
            parent.set(field, made);
            return made;
        }
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw invalid(path, "Must be an object.");
    }

    private static void allow(ObjectNode node, String path, String... allowed) {
        var known = new TreeSet<>(Set.of(allowed));
        for (var field : node.propertyNames()) {
            if (!known.contains(field)) {
                throw invalid(
                        path.isEmpty() ? field : path + "." + field,
                        "Not yours to write; allowed are " + String.join(", ", known) + ".");
            }
        }
    }

    /** Puts the only value that a field may have, unless another one stands there. */
    private static void same(ObjectNode parent, String field, String path, String value) {
        JsonNode found = parent.get(field);
        if (found != null && !(found.isString() && found.stringValue().equals(value))) {
            throw invalid(path, "Must be '" + value + "', or missing.");
        }
        parent.put(field, value);
    }

    private static Refused invalid(String field, String detail) {
        return new Refused(Problem.invalid(field, detail));
    }
}
