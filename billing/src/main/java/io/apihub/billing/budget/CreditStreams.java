package io.apihub.billing.budget;

import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Recall;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** The open streams by incarnation, for what billing says unasked: recalls. */
@Component
class CreditStreams {

    private final Map<UUID, Consumer<OpenResponse>> open = new ConcurrentHashMap<>();

    void opened(UUID incarnation, Consumer<OpenResponse> stream) {
        open.put(incarnation, stream);
    }

    /** Forgets a stream, unless the incarnation has opened another since. */
    void closed(UUID incarnation, Consumer<OpenResponse> stream) {
        open.remove(incarnation, stream);
    }

    Collection<UUID> incarnations() {
        return Set.copyOf(open.keySet());
    }

    /** Asks gateways to give back what no request holds. */
    void recall(Map<UUID, Set<Long>> leasesByIncarnation) {
        leasesByIncarnation.forEach((incarnation, leases) -> {
            var stream = open.get(incarnation);
            if (stream != null) {
                stream.accept(
                        OpenResponse.newBuilder()
                                .setRecall(Recall.newBuilder().addAllLeaseIds(leases))
                                .build());
            }
        });
    }
}
