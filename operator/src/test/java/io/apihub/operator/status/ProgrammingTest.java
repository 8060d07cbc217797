package io.apihub.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.operator.registry.GatewaySession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProgrammingTest {

    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");
    private static final Programming.Row ROW = new Programming.Row(7, NOW.minusMillis(40));

    private final List<GatewaySession> sessions = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final Programming programming =
            new Programming(() -> "e1", () -> sessions, Duration.ofMinutes(10), () -> NOW);

    @Test
    void withoutAGatewayItIsUnknown() {
        assertThat(observe(List.of()).reason()).isEqualTo("NoGateways");
    }

    @Test
    void onceEveryGatewayAckedItSaysRevisionAndMilliseconds() {
        sessions.add(session("gw-0", "e1", 7, NOW));
        sessions.add(session("gw-1", "e1", 9, NOW));

        assertThat(observe(List.of()))
                .isEqualTo(
                        Observation.yes(
                                "Programmed",
                                "Programmed",
                                "revision 7 on 2 gateways after 40 ms"));
    }

    @Test
    void anAckOfAnotherEpochIsNone() {
        sessions.add(session("gw-0", "e0", 7, NOW));

        assertThat(observe(List.of()).reason()).isEqualTo("Pending");
    }

    @Test
    void whoWaitsIsAskedAgainWhenTheLastGatewayAcks() {
        sessions.add(session("gw-0", "e1", 6, NOW));
        observe(List.of());
        programming.refresh();
        assertThat(asked).hasValue(0);

        sessions.set(0, session("gw-0", "e1", 7, NOW));
        programming.refresh();
        programming.refresh();

        assertThat(asked).hasValue(1);
    }

    @Test
    void aSilentGatewayIsNamedWithTheInstantAfterWhichItCanNotAccept() {
        sessions.add(session("gw-0", "e1", 6, NOW.minusSeconds(60)));

        var observation = observe(List.of());

        assertThat(observation.status()).isEqualTo(Condition.FALSE);
        assertThat(observation.reason()).isEqualTo("GatewayUnreachable");
        assertThat(observation.message()).contains("gw-0").contains("2026-02-01T00:09:00Z");
    }

    @Test
    void aGatewayThatCanNotAcceptAnyMoreDoesNotCount() {
        sessions.add(session("gw-0", "e1", 6, NOW.minusSeconds(600)));
        sessions.add(session("gw-1", "e1", 7, NOW));

        assertThat(observe(List.of()).status()).isEqualTo(Condition.TRUE);
    }

    @Test
    void onceTrueItStaysTrueForItsGeneration() {
        var latched = new Condition("Programmed", "True", "Programmed", "as it was", NOW, 1L);

        assertThat(observe(List.of(latched)).message()).isEqualTo("as it was");
        var newer = programming.of("key", 2, List.of(latched), ROW, asked::incrementAndGet);
        assertThat(newer.reason()).isEqualTo("NoGateways");
    }

    private Observation observe(List<Condition> current) {
        return programming.of("key", 1, current, ROW, asked::incrementAndGet);
    }

    private static GatewaySession session(String name, String epoch, long acked, Instant seenAt) {
        return new GatewaySession(
                name, epoch, acked, NOW, seenAt, null, Map.of(), Optional.empty(), null);
    }
}
