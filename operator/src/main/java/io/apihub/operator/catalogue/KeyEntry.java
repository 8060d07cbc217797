package io.apihub.operator.catalogue;

import java.util.Map;
import java.util.UUID;

/** What other kinds need to know of an ApiKey. */
public record KeyEntry(
        UUID uid, String namespace, String name, String tenant, Map<String, String> labels) {
    public KeyEntry {
        labels = Map.copyOf(labels);
    }
}
