package io.apihub.operator.upstream;

import static io.apihub.operator.upstream.PoolPlanTest.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.operator.upstream.GatewayAcks.Ack;
import io.apihub.operator.upstream.GatewayAcks.Rejection;
import io.apihub.operator.upstream.GatewayAcks.Silence;
import io.apihub.operator.upstream.Programming.Lacking;
import io.apihub.operator.xds.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PoolStagesTest {

    private static final Duration DRAIN = Duration.ofMinutes(1);
    private static final MemberResolver RESOLVER =
            new MemberResolver((name, key) -> Optional.empty(), false);

    private final PoolStages stages = new PoolStages();
    private Instant now = Instant.ofEpochSecond(1000);
    private PoolPlan plan = PoolPlan.of(List.of(), RESOLVER);

    @Test
    void aModelIsThereWhenEveryGatewayHasItsPool() {
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v0"), ack("g2", "v0"));
        assertThat(stages.offered()).hasSize(1);
        round("v1", ack("g1", "v1"), ack("g2", "v0"));
        assertThat(stages.models()).isEmpty();

        round("v1", ack("g1", "v1"), ack("g2", "v1"));

        assertThat(stages.models()).containsOnlyKeys("m");
    }

    @Test
    void aSilentGatewayIsWaitedForFiveSeconds() {
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v0"));
        now = now.plusMillis(4999);
        round("v1", ack("g1", "v0"));
        assertThat(stages.models()).isEmpty();

        now = now.plusMillis(1);
        round("v1", ack("g1", "v0"));

        assertThat(stages.models()).containsOnlyKeys("m");
    }

    @Test
    void aModelKeepsItsOldPoolUntilTheNewOneServesAndTheOldOneDrains() {
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v0"));
        round("v1", ack("g1", "v1"));
        String old = poolOf("m");

        want(upstream("a", 1).models("m").build(), upstream("b", 2).models("m").build());
        round("v2", ack("g1", "v1"));
        assertThat(poolOf("m")).isEqualTo(old);
        assertThat(offered()).hasSize(2).contains(old);
        round("v2", ack("g1", "v2"));

        assertThat(poolOf("m")).isNotEqualTo(old);
        assertThat(offered()).contains(old);
        now = now.plus(DRAIN);
        round("v2", ack("g1", "v2"));
        assertThat(offered()).containsExactly(poolOf("m"));
    }

    @Test
    void aPoolThatIsWantedAgainDoesNotGo() {
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v0"));
        round("v1", ack("g1", "v1"));
        String pool = poolOf("m");
        want();
        round("v1", ack("g1", "v1"));
        assertThat(stages.models()).isEmpty();
        now = now.plus(DRAIN.dividedBy(2));
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v1"));

        now = now.plus(DRAIN);
        round("v1", ack("g1", "v1"));

        assertThat(offered()).containsExactly(pool);
    }

    @Test
    void aRefusedPoolIsTakenOutAndServesNever() {
        want(upstream("a", 1).models("m").build(), upstream("b", 2).models("n").build());
        round("v1", ack("g1", "v0"));
        String bad = only(plan.poolsOf().get("a"));

        round("v1", refusing("g1", "v0", "v1", "cluster " + bad + " is bad"));
        assertThat(offered()).doesNotContain(bad).hasSize(1);
        round("v2", ack("g1", "v2"));
        now = now.plusSeconds(60);
        round("v2", ack("g1", "v2"));

        assertThat(stages.models()).containsOnlyKeys("n");
        assertThat(programming("a", ack("g1", "v2")))
                .contains(new Programming.Rejected("cluster " + bad + " is bad"));
        assertThat(programming("b", ack("g1", "v2"))).isEmpty();
    }

    @Test
    void aServingPoolFallsBackToWhatEnvoyTookAndOtherContentIsTriedAgain() {
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v0"));
        round("v1", ack("g1", "v1"));
        Pool good = stages.offered().getFirst();
        String name = good.name();

        want(upstream("a", 1).models("m").connect("9s").build());
        round("v2", ack("g1", "v1"));
        assertThat(stages.offered()).doesNotContain(good);
        round("v2", refusing("g1", "v1", "v2", name));
        assertThat(stages.offered()).containsExactly(good);
        assertThat(stages.models()).containsOnlyKeys("m");

        want(upstream("a", 1).models("m").connect("8s").build());
        round("v3", refusing("g1", "v1", "v2", name));
        assertThat(stages.offered().getFirst().settings().connectTimeout())
                .isEqualTo(Duration.ofSeconds(8));
        round("v3", ack("g1", "v3"));
        assertThat(programming("a", ack("g1", "v3"))).isEmpty();
    }

    @Test
    void anOlderVersionThatComesBackIsANewPublication() {
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v0"));
        round("v1", ack("g1", "v1"));
        want(upstream("a", 1).models("m").connect("9s").build());
        round("v2", ack("g1", "v2"));
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v2"));

        assertThat(programming("a", ack("g1", "v2")))
                .contains(new Programming.Pending("its pools: waiting for gateway g1"));
        assertThat(programming("a", ack("g1", "v1"))).isEmpty();
    }

    @Test
    void withoutGatewaysNobodyIsWaitedFor() {
        want(upstream("a", 1).models("m").build());
        round("v1");
        round("v1");

        assertThat(stages.models()).containsOnlyKeys("m");
        assertThat(programming("a")).contains(new Programming.NoGateways());
    }

    @Test
    void aGatewayThatRefusesItsListenerProgramsNothing() {
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v0"));
        round("v1", ack("g1", "v1"));
        var refusing =
                new Ack(
                        "g1",
                        "v1",
                        Optional.empty(),
                        Optional.of("no such address 300.0.0.1"),
                        0,
                        Optional.empty());

        assertThat(programming("a", refusing))
                .contains(new Programming.Rejected("no such address 300.0.0.1"));
    }

    @Test
    void ofTwoThatLackAPoolTheSilentOneIsNamed() {
        want(upstream("a", 1).models("m").build());
        round("v1", ack("g1", "v0"), ack("g2", "v0"));
        var silent =
                new Ack(
                        "g2",
                        "v0",
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        Optional.of(new Silence(now.minusSeconds(9), now.plusSeconds(591))));

        assertThat(programming("a", ack("g1", "v0"), silent))
                .contains(
                        new Programming.Unreachable(
                                "g2", "its pools", now.minusSeconds(9), now.plusSeconds(591)));
        assertThat(programming("a", ack("g1", "v0"), ack("g2", "v0")))
                .contains(new Programming.Pending("its pools: waiting for gateways g1, g2"));
    }

    private void want(DeclaredUpstream... upstreams) {
        plan = PoolPlan.of(List.of(upstreams), RESOLVER);
    }

    private void round(String version, Ack... acks) {
        stages.advance(plan, Optional.of(List.of(acks)), DRAIN, now);
        stages.published(version);
    }

    private Optional<Lacking> programming(String upstream, Ack... acks) {
        return stages.lacking(
                Objects.requireNonNull(plan.poolsOf().get(upstream)), Optional.of(List.of(acks)));
    }

    private String poolOf(String model) {
        return Objects.requireNonNull(stages.models().get(model)).getRoutes(0).getPool();
    }

    private Set<String> offered() {
        return stages.offered().stream().map(Pool::name).collect(Collectors.toSet());
    }

    private static String only(@Nullable List<String> names) {
        assertThat(names).hasSize(1);
        return Objects.requireNonNull(names).getFirst();
    }

    private static Ack ack(String gateway, String version) {
        return new Ack(gateway, version, Optional.empty(), Optional.empty(), 0, Optional.empty());
    }

    private static Ack refusing(String gateway, String has, String refuses, String words) {
        return new Ack(
                gateway,
                has,
                Optional.of(new Rejection(refuses, words)),
                Optional.empty(),
                0,
                Optional.empty());
    }
}
