package io.apihub.billing.budget;

import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Recall;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The open streams by incarnation, for what billing says unasked: recalls. */
final class CreditStreams {

    private final Map<UUID, CreditSession> open = new ConcurrentHashMap<>();

    void opened(UUID incarnation, CreditSession stream) {
        open.put(incarnation, stream);
    }

    /** Forgets a stream, unless the incarnation has opened another since. */
    void closed(UUID incarnation, CreditSession stream) {
        open.remove(incarnation, stream);
    }

    Set<UUID> incarnations() {
        return new TreeSet<>(open.keySet());
    }

    /** Asks gateways to give back what no request holds. */
    void recall(Map<UUID, Set<Long>> leasesByIncarnation) {
        leasesByIncarnation.forEach(this::recall);
    }

    void recall(UUID incarnation, Collection<Long> leases) {
        var stream = open.get(incarnation);
        if (stream != null && !leases.isEmpty()) {
            stream.send(
                    OpenResponse.newBuilder()
                            .setRecall(Recall.newBuilder().addAllLeaseIds(leases))
                            .build());
        }
    }
}
