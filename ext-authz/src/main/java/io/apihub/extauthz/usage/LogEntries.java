package io.apihub.extauthz.usage;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import io.apihub.envoy.data.ai.v3.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads Envoy's log entries. */
final class LogEntries {

    private static final String AUTHZ = "envoy.filters.http.ext_authz";
    private static final String EVENTS = "apihub.sse";

    /** What the gateway's script found in an answer. */
    private static final String FOUND = "apihub.json";

    /** The tag that the gateway's configuration has for it. */
    static final String UPSTREAM = "upstream";

    private static final String COUNTED = "envoy.ai.token_usage";
    private static final String TRACE_ID = "x-cpa-trace-id";

    private LogEntries() {}

    /**
     * Reads an entry; empty if its request had no hold: it was denied, or never checked.
     *
     * @throws IllegalArgumentException if it has one that can't be read
     */
    static Optional<LogEntry> read(HTTPAccessLogEntry entry) {
        var metadata = entry.getCommonProperties().getMetadata();
        var text = strings(metadata, AUTHZ).get("hold");
        if (text == null) {
            return Optional.empty();
        }
        try {
            var hold = Hold.parseFrom(Base64.getDecoder().decode(text));
            return Optional.of(
                    new LogEntry(hold, exchange(entry), counted(metadata), events(metadata)));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("no hold in the metadata", e);
        }
    }

    /** Without it the events are the next best, so a damaged one is none. */
    private static @Nullable TokenUsage counted(Metadata metadata) {
        var any = metadata.getTypedFilterMetadataMap().get(COUNTED);
        try {
            return any == null ? null : any.unpack(TokenUsage.class);
        } catch (InvalidProtocolBufferException _) {
            return null;
        }
    }

    private static Map<String, String> events(Metadata metadata) {
        var events = strings(metadata, EVENTS);
        strings(metadata, FOUND).forEach((name, json) -> events.put(LogEntry.IN_JSON + name, json));
        return events;
    }

    private static Map<String, String> strings(Metadata metadata, String namespace) {
        var strings = new HashMap<String, String>();
        metadata.getFilterMetadataOrDefault(namespace, Struct.getDefaultInstance())
                .getFieldsMap()
                .forEach((name, value) -> {
                    if (value.hasStringValue()) {
                        strings.put(name, value.getStringValue());
                    }
                });
        return strings;
    }

    private static LogEntry.Exchange exchange(HTTPAccessLogEntry entry) {
        var common = entry.getCommonProperties();
        var response = entry.getResponse();
        var headers = response.getResponseHeadersMap();
        var flags = common.getResponseFlags();
        var type = headers.getOrDefault("content-type", "").toLowerCase(Locale.ROOT);
        return new LogEntry.Exchange(
                response.getResponseCode().getValue(),
                common.hasTimeToFirstUpstreamTxByte(),
                common.hasTimeToFirstUpstreamRxByte(),
                flags.getDownstreamConnectionTermination() || flags.getDownstreamRemoteReset(),
                RefusedCredentials.isOne(common),
                type.startsWith("text/event-stream"),
                ResponseFlagNames.of(flags),
                upstream(common),
                headers.getOrDefault(TRACE_ID, ""),
                timing(common),
                entry.getRequest().getRequestBodyBytes(),
                response.getResponseBodyBytes());
    }

    /** By its name, whichever of its addresses answered. */
    private static String upstream(AccessLogCommon common) {
        var name = common.getCustomTagsOrDefault(UPSTREAM, "");
        return name.isEmpty() ? address(common.getUpstreamRemoteAddress()) : name;
    }

    private static String address(Address address) {
        var socket = address.getSocketAddress();
        return socket.getAddress().isEmpty()
                ? ""
                : socket.getAddress() + ":" + socket.getPortValue();
    }

    private static LogEntry.Timing timing(AccessLogCommon common) {
        long started = millis(common.getStartTime());
        long firstByte =
                common.hasTimeToFirstDownstreamTxByte()
                        ? started + millis(common.getTimeToFirstDownstreamTxByte())
                        : 0;
        return new LogEntry.Timing(started, firstByte, started + millis(common.getDuration()));
    }

    private static long millis(Timestamp time) {
        return time.getSeconds() * 1000 + time.getNanos() / 1_000_000;
    }

    private static long millis(Duration time) {
        return time.getSeconds() * 1000 + time.getNanos() / 1_000_000;
    }
}
