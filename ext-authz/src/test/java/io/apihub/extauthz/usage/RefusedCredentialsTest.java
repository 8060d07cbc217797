package io.apihub.extauthz.usage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

final class RefusedCredentialsTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RefusedCredentials counter = new RefusedCredentials(meters);

    @Test
    void eachRefusalCountsForItsUpstream() {
        counter.look(entry("cpa", true));
        counter.look(entry("cpa", true));
        counter.look(entry("other", true));
        counter.look(entry("cpa", false));
        counter.look(AccessLogCommon.getDefaultInstance());

        assertThat(counted("cpa")).isEqualTo(2);
        assertThat(counted("other")).isEqualTo(1);
        assertThat(meters.find(RefusedCredentials.COUNTER).counters()).hasSize(2);
    }

    private double counted(String upstream) {
        return meters.counter(RefusedCredentials.COUNTER, "upstream", upstream).count();
    }

    private static AccessLogCommon entry(String upstream, boolean refused) {
        var script =
                Struct.newBuilder()
                        .putFields(
                                "credential_refused",
                                Value.newBuilder().setBoolValue(refused).build());
        return AccessLogCommon.newBuilder()
                .putCustomTags("upstream", upstream)
                .setMetadata(Metadata.newBuilder().putFilterMetadata("apihub.lua", script.build()))
                .build();
    }
}
