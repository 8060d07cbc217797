package io.apihub.billing.notice;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something on its way to a webhook.
 *
 * @param message what the receiver tells repeats by
 * @param notice null: a test
 * @param againOf the delivery that somebody had sent again
 */
record Delivery(
        UUID id,
        long seq,
        UUID webhook,
        UUID message,
        @Nullable UUID notice,
        @Nullable UUID againOf,
        String kind,
        String body,
        State state,
        int tries,
        Instant createdAt,
        Instant nextTryAt,
        @Nullable Instant endedAt,
        @Nullable Integer lastStatus,
        @Nullable String lastError) {

    /** How far it is. */
    enum State {
        PENDING,
        DELIVERED,
        GIVEN_UP
    }
}
