package io.apihub.extauthz.usage;

import io.apihub.envoy.data.ai.v3.TokenUsage;
import io.apihub.usage.v1.Hold;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Envoy says about one finished request that had a hold.
 *
 * @param counted what Envoy's own parser counted; null unless the answer ended cleanly
 * @param events raw usage objects (JSON) of the events that passed, by name; what the gateway's
 *     script found, by name after {@link #IN_JSON}
 */
public record LogEntry(
        Hold hold, Exchange exchange, @Nullable TokenUsage counted, Map<String, String> events) {

    static final String IN_JSON = "json.";

    public LogEntry {
        events = Map.copyOf(events);
    }

    /**
     * The HTTP side of it.
     *
     * @param status as the client saw it; 0 if none was sent
     * @param reached the upstream was sent at least a byte
     * @param answered the upstream sent at least a byte
     * @param clientLeft the client hung up before the end
     * @param credentialRefused the upstream refused our own credential, which the client saw as 502
     * @param eventStream the answer is {@code text/event-stream}
     * @param flags Envoy's short response flags, comma separated
     * @param upstream name of the Upstream; its address where nobody named it
     */
    public record Exchange(
            int status,
            boolean reached,
            boolean answered,
            boolean clientLeft,
            boolean credentialRefused,
            boolean eventStream,
            String flags,
            String upstream,
            String upstreamRequestId,
            Timing timing,
            long requestBytes,
            long responseBytes) {

        /** Whether the answer came to its own end, and nothing cut it off. */
        boolean ended() {
            return answered && !clientLeft && flags.isEmpty();
        }
    }

    /** Milliseconds since 1970; 0 = did not happen. */
    public record Timing(long startedAt, long firstByteAt, long finishedAt) {}
}
