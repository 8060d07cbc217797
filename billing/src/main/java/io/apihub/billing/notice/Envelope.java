package io.apihub.billing.notice;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * What a webhook is sent.
 *
 * @param id the same in every repeat: receivers take what they know as done
 * @param tenant its name, while it has one; else its id
 * @param data amounts are decimals, times as RFC 3339 writes them
 */
record Envelope(
        UUID id,
        String kind,
        String tenantId,
        String tenant,
        Instant createdAt,
        Map<String, String> data) {

    Envelope {
        data = Map.copyOf(data);
    }
}
