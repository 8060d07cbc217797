package io.apihub.operator.status;

import io.fabric8.kubernetes.client.CustomResource;
import org.jspecify.annotations.Nullable;

/** Where reconcilers read and write statuses. Writing does not block. */
public interface Statuses {

    /**
     * The newest status known of a resource: one that was written but not yet seen in the cache
     * counts.
     */
    <S> @Nullable S latest(CustomResource<?, S> resource);

    /** Writes a status soon, if it differs from {@link #latest}. The newest one wins. */
    <S> void write(CustomResource<?, S> resource, S status, Urgency urgency);

    /** When a status is written. */
    enum Urgency {
        /** Before all others: it tells that access was taken away. */
        REVOCATION,
        /** In turn. */
        NORMAL,
        /** In turn, but not at once: it is expected to change within moments. */
        UNSETTLED;

        /**
         * The urgency of a status that takes away or not, and whose rows are on their way or not.
         */
        public static Urgency of(boolean revokes, Observation programmed) {
            if (revokes) {
                return REVOCATION;
            }
            return programmed.reason().equals("Pending") ? UNSETTLED : NORMAL;
        }
    }
}
