package io.apihub.operator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.operator.registry.GatewaySessions.FeedState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewaySessionsIT {

    @Test
    void whoWasNotHeardOfForLongIsForgotten() throws Exception {
        try (var harness = new RegistryHarness()) {
            var now = InstantSource.system().instant();
            var sessions = new GatewaySessions(harness.operator(), "default", "operator-0");
            var elsewhere = new GatewaySessions(harness.operator(), "elsewhere", "operator-0");
            sessions.recordFeeds(List.of(feed("gone", now.minusSeconds(7_201)), feed("here", now)));
            sessions.recordFeeds(List.of(feed("odd", now.minusSeconds(7_201))));
            sessions.recordXds("odd", Map.of(), null); // now, by Postgres' clock
            elsewhere.recordFeeds(List.of(feed("gone", now.minusSeconds(7_201))));

            assertThat(sessions.forget(Duration.ofHours(2))).isEqualTo(1);

            assertThat(sessions.all())
                    .extracting(GatewaySession::gateway)
                    .containsExactly("here", "odd");
            assertThat(elsewhere.all()).hasSize(1);
        }
    }

    private static FeedState feed(String gateway, Instant seenAt) {
        return new FeedState(gateway, new byte[16], "epoch", 1, seenAt, null);
    }
}
