package io.apihub.operator.catalogue;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What other kinds need to know of an ApiKey.
 *
 * @param allowedModels globs; empty allows all that its tenant may use
 */
public record KeyEntry(
        UUID uid,
        String namespace,
        String name,
        String tenant,
        Map<String, String> labels,
        List<String> allowedModels) {
    public KeyEntry {
        labels = Map.copyOf(labels);
        allowedModels = List.copyOf(allowedModels);
    }
}
