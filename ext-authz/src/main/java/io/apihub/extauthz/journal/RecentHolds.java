package io.apihub.extauthz.journal;

import io.apihub.model.usage.HoldId;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/** The last holds of some kind, so many that Envoy says nothing of older ones any more. */
final class RecentHolds {

    private static final int MOST = 100_000;

    private final SequencedSet<HoldId> ids = new LinkedHashSet<>();

    void add(HoldId id) {
        ids.add(id);
        if (ids.size() > MOST) {
            ids.removeFirst();
        }
    }

    void remove(HoldId id) {
        ids.remove(id);
    }

    boolean contains(HoldId id) {
        return ids.contains(id);
    }
}
