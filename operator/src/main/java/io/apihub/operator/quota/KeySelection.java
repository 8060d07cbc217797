package io.apihub.operator.quota;

import io.apihub.crd.v1alpha1.Quota;
import io.apihub.operator.catalogue.KeyEntry;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The keys that a Quota is about.
 *
 * @param all true for the tenant as a whole, then {@code uids} is empty
 * @param matched how many keys of the tenant that is now
 * @param missing names that no key has
 */
record KeySelection(boolean all, List<UUID> uids, int matched, List<String> missing) {

    KeySelection {
        uids = List.copyOf(uids);
        missing = List.copyOf(missing);
    }

    /** Picks from the keys of the tenant. */
    static KeySelection of(Quota.Spec spec, List<KeyEntry> keys) {
        var selector = spec.selector();
        if (selector == null && spec.keys().isEmpty()) {
            return new KeySelection(true, List.of(), keys.size(), List.of());
        }
        var picked =
                keys.stream()
                        .filter(key ->
                                selector == null
                                        ? spec.keys().contains(key.name())
                                        : matches(selector, key.labels()))
                        .map(KeyEntry::uid)
                        .sorted()
                        .toList();
        var missing = new ArrayList<>(spec.keys());
        keys.forEach(key -> missing.remove(key.name()));
        return new KeySelection(false, picked, picked.size(), missing);
    }

    private static boolean matches(LabelSelector selector, Map<String, String> labels) {
        var exact = selector.getMatchLabels();
        boolean allExact =
                exact == null
                        || exact.entrySet().stream()
                                .allMatch(e -> e.getValue().equals(labels.get(e.getKey())));
        return allExact
                && selector.getMatchExpressions().stream()
                        .allMatch(expression -> matches(expression, labels));
    }

    private static boolean matches(
            LabelSelectorRequirement expression, Map<String, String> labels) {
        var value = labels.get(expression.getKey());
        return switch (expression.getOperator()) {
            case "In" -> value != null && expression.getValues().contains(value);
            case "NotIn" -> value == null || !expression.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default ->
                    throw new IllegalArgumentException(
                            "unknown operator in spec.selector: " + expression.getOperator());
        };
    }
}
