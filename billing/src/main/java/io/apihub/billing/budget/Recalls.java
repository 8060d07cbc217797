package io.apihub.billing.budget;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Leases to be asked back, collected. */
final class Recalls {

    private final Map<UUID, Set<Long>> leases = new TreeMap<>();

    void add(UUID incarnation, long lease) {
        leases.computeIfAbsent(incarnation, key -> new TreeSet<>()).add(lease);
    }

    Map<UUID, Set<Long>> byIncarnation() {
        return leases;
    }
}
