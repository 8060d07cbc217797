package io.apihub.operator.upstream;

import static io.apihub.operator.upstream.PoolPlanTest.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.operator.upstream.GatewayAcks.Ack;
import io.apihub.operator.upstream.GatewayAcks.Silence;
import io.apihub.policy.v1.Model;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ArrivalsTest {

    private static final DeclaredUpstream UPSTREAM = upstream("a", 1).models("m").build();
    private static final Model MODEL = Model.newBuilder().setName("m").setContextTokens(9).build();
    private static final ModelsInForce WRITTEN =
            new ModelsInForce(Map.of("m", new ModelsInForce.Row(MODEL, 7)), Set.of(), 0);

    private final Arrivals arrivals = new Arrivals();
    private Instant now = Instant.ofEpochSecond(1000);

    @Test
    void poolsAloneAreNotEnough() {
        assertThat(look(ModelsInForce.UNKNOWN, ack("g1", 9)))
                .isEqualTo(new Programming.Pending("what the registry has is not known yet"));
        var before = Model.newBuilder().setName("m").setContextTokens(8).build();
        var old = new ModelsInForce(Map.of("m", new ModelsInForce.Row(before, 6)), Set.of(), 0);
        assertThat(look(old, ack("g1", 9)))
                .isInstanceOfSatisfying(
                        Programming.Pending.class,
                        pending -> assertThat(pending.what()).contains("model m"));

        assertThat(look(WRITTEN, ack("g1", 6), ack("g2", 7)))
                .isEqualTo(new Programming.Pending("revision 7: waiting for gateway g1"));
    }

    @Test
    void itTakesTheTimeOnceAndAnewForEachGeneration() {
        look(WRITTEN, ack("g1", 6));
        now = now.plusMillis(120);
        assertThat(look(WRITTEN, ack("g1", 7)))
                .isEqualTo(new Programming.Done(7, 1, Duration.ofMillis(120)));

        now = now.plusSeconds(60);
        assertThat(look(WRITTEN, ack("g1", 7)))
                .isEqualTo(new Programming.Done(7, 1, Duration.ofMillis(120)));
    }

    @Test
    void aGatewayThatIsCutOffWithoutTheRowIsNamed() {
        var until = now.plusSeconds(590);
        var silent =
                new Ack(
                        "g2",
                        "v1",
                        Optional.empty(),
                        Optional.empty(),
                        6,
                        Optional.of(new Silence(now.minusSeconds(10), until)));

        assertThat(look(WRITTEN, ack("g1", 7), silent))
                .isEqualTo(
                        new Programming.Unreachable(
                                "g2", "revision 7", now.minusSeconds(10), until));
    }

    @Test
    void aWithdrawnModelIsWaitedForToo() {
        var withdrawn = new ModelsInForce(WRITTEN.rows(), Set.of(), 8);

        assertThat(look(withdrawn, ack("g1", 7)))
                .isEqualTo(new Programming.Pending("revision 8: waiting for gateway g1"));
    }

    private Programming look(ModelsInForce models, Ack... acks) {
        return arrivals.of(
                UPSTREAM,
                Optional.empty(),
                List.of(MODEL),
                new Arrivals.Round(Optional.of(List.of(acks)), models, Set.of("m"), now));
    }

    private static Ack ack(String gateway, long revision) {
        return new Ack(
                gateway, "v1", Optional.empty(), Optional.empty(), revision, Optional.empty());
    }
}
