package io.apihub.billing.budget;

import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Recall;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open streams by incarnation, for what billing says unasked: recalls. An incarnation has one
 * stream, but for a while it may seem to have more: which of them still lives nobody knows, as what
 * an old one said may be read after what the new one says.
 */
final class CreditStreams {

    private final Map<UUID, Set<CreditSession>> open = new ConcurrentHashMap<>();

    void opened(UUID incarnation, CreditSession stream) {
        open.merge(
                incarnation,
                Set.of(stream),
                (some, one) -> {
                    var all = new HashSet<>(some);
                    all.addAll(one);
                    return Set.copyOf(all);
                });
    }

    void closed(UUID incarnation, CreditSession stream) {
        open.computeIfPresent(
                incarnation,
                (_, some) -> {
                    var others = new HashSet<>(some);
                    others.remove(stream);
                    return others.isEmpty() ? null : Set.copyOf(others);
                });
    }

    Set<UUID> incarnations() {
        return new TreeSet<>(open.keySet());
    }

    /** Asks gateways to give back what no request holds. */
    void recall(Map<UUID, Set<Long>> leasesByIncarnation) {
        leasesByIncarnation.forEach(this::recall);
    }

    void recall(UUID incarnation, Collection<Long> leases) {
        if (!leases.isEmpty()) {
            var message =
                    OpenResponse.newBuilder()
                            .setRecall(Recall.newBuilder().addAllLeaseIds(leases))
                            .build();
            open.getOrDefault(incarnation, Set.of()).forEach(stream -> stream.send(message));
        }
    }
}
