package io.apihub.billing.kube;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who else keeps fields of an object, by its {@code managedFields}: Argo CD, Flux, somebody with
 * kubectl. Who keeps a field would write it again, so it is read-only here.
 */
final class Ownership {

    /** Our own name among the managers of fields. */
    static final String MANAGER = "apihub-portal";

    private static final String FIELD = "f:";

    private final ObjectNode object;
    private final List<Manager> others;

    private record Manager(String name, JsonNode fields) {}

    /** A field and who keeps it. */
    record Kept(String field, String manager) {}

    private Ownership(ObjectNode object, List<Manager> others) {
        this.object = object;
        this.others = others;
    }

    static Ownership of(ObjectNode object) {
        var others = new ArrayList<Manager>();
        for (var entry : object.path("metadata").path("managedFields")) {
            var name = entry.path("manager").asString("");
            boolean ofStatus = !entry.path("subresource").asString("").isEmpty();
            if (!name.equals(MANAGER) && !ofStatus) {
                others.add(new Manager(name, entry.path("fieldsV1")));
            }
        }
        return new Ownership(object, others);
    }

    /** The first field that a merge patch would change although somebody else keeps it. */
    Optional<Kept> conflict(ObjectNode patch) {
        for (var other : others) {
            for (var path : List.of("spec", "metadata.labels", "metadata.annotations")) {
                var found = conflict(path, at(patch, path), at(object, path), fields(other, path));
                if (found != null) {
                    return Optional.of(new Kept(found, other.name()));
                }
            }
        }
        return Optional.empty();
    }

    private static @Nullable String conflict(
            String path, JsonNode patch, JsonNode current, JsonNode fields) {
        for (var name : patch.propertyNames()) {
            var kept = fields.path(FIELD + name);
            var value = patch.path(name);
            var now = current.path(name);
            if (kept.isMissingNode() || !changes(value, now)) {
                continue;
            }
            var field = path + "." + name;
            var inner =
                    value.isObject() && hasFields(kept) ? conflict(field, value, now, kept) : field;
            if (inner != null) {
                return inner;
            }
        }
        return null;
    }

    /** Whether merging the value would change what is there. */
    private static boolean changes(JsonNode value, JsonNode now) {
        if (value.isNull()) {
            return !now.isMissingNode() && !now.isNull();
        }
        if (value.isObject() && now.isObject()) {
            return value.propertyNames().stream()
                    .anyMatch(name -> changes(value.path(name), now.path(name)));
        }
        return !value.equals(now);
    }

    /** Who declares the object as a whole and would make it again; empty if nobody else does. */
    Optional<String> declaredBy() {
        return others.stream()
                .filter(other -> fields(other, "spec").has(FIELD + "tenantRef"))
                .map(Manager::name)
                .findFirst();
    }

    /** All others who keep fields of the spec. */
    SortedSet<String> managers() {
        var names = new TreeSet<String>();
        for (var other : others) {
            if (hasFields(fields(other, "spec"))) {
                names.add(other.name());
            }
        }
        return names;
    }

    /** The fields of the spec that others keep, as a whole or in parts. */
    SortedSet<String> readOnly() {
        var names = new TreeSet<String>();
        for (var other : others) {
            for (var name : fields(other, "spec").propertyNames()) {
                if (name.startsWith(FIELD)) {
                    names.add("spec." + name.substring(FIELD.length()));
                }
            }
        }
        return names;
    }

    private static JsonNode at(JsonNode node, String path) {
        var found = node;
        for (var name : path.split("\\.", -1)) {
            found = found.path(name);
        }
        return found;
    }

    private static JsonNode fields(Manager manager, String path) {
        var found = manager.fields();
        for (var name : path.split("\\.", -1)) {
            found = found.path(FIELD + name);
        }
        return found;
    }

    private static boolean hasFields(JsonNode fields) {
        return fields.propertyNames().stream().anyMatch(name -> name.startsWith(FIELD));
    }
}
