package io.apihub.extauthz.usage;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts, by Upstream, the requests for which it refused our own credential: nobody but the
 * platform can mend that, and clients only see 502.
 */
final class RefusedCredentials {

    static final String COUNTER = "apihub.extauthz.upstream.credential.refused";

    private static final String SCRIPT = "apihub.lua";
    private static final Value NO = Value.getDefaultInstance();

    private final MeterRegistry meters;

    RefusedCredentials(MeterRegistry meters) {
        this.meters = meters;
    }

    void look(AccessLogCommon entry) {
        if (isOne(entry)) {
            var upstream = entry.getCustomTagsOrDefault(LogEntries.UPSTREAM, "unknown");
            meters.counter(COUNTER, "upstream", upstream).increment();
        }
    }

    /** What the gateway's script says of it. */
    static boolean isOne(AccessLogCommon entry) {
        return entry.getMetadata()
                .getFilterMetadataOrDefault(SCRIPT, Struct.getDefaultInstance())
                .getFieldsOrDefault("credential_refused", NO)
                .getBoolValue();
    }
}
