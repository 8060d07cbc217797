package io.apihub.operator.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.TimeSpan;
import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.crd.v1alpha1.Upstream.Protocol;
import io.apihub.crd.v1alpha1.UpstreamModel;
import io.apihub.operator.upstream.Refusal.Reason;
import io.apihub.operator.xds.Pool;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.Route;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PoolPlanTest {

    private static final MemberResolver RESOLVER =
            new MemberResolver(
                    (name, key) ->
                            name.equals("cpa") && key.equals("api-key")
                                    ? Optional.of("s3cret\n")
                                    : Optional.empty(),
                    false);

    @Test
    void manyModelsOnTheSameUpstreamsAreOnePool() {
        PoolPlan plan =
                plan(
                        upstream("a", 1).models("gpt-a", "gpt-b").build(),
                        upstream("b", 2).models("gpt-a", "gpt-b").build());

        assertThat(plan.refused()).isEmpty();
        assertThat(plan.pools()).hasSize(1);
        Pool pool = plan.pools().values().iterator().next();
        assertThat(pool.name()).matches("pool/[0-9a-f]{12}");
        assertThat(pool.members()).extracting("upstream").containsExactly("a", "b");
        assertThat(model(plan, "gpt-a").getRoutesList())
                .containsExactly(
                        Route.newBuilder().setProtocol("OpenAIChat").setPool(pool.name()).build());
    }

    @Test
    void aPoolIsWhoServesTheModelInTheProtocol() {
        PoolPlan plan =
                plan(
                        upstream("a", 1)
                                .models("m")
                                .protocols(Protocol.OPENAI_CHAT, Protocol.GEMINI)
                                .build(),
                        upstream("b", 2).models("m").build());

        assertThat(plan.pools().values())
                .extracting(pool -> pool.members().size())
                .containsExactlyInAnyOrder(1, 2);
        assertThat(model(plan, "m").getRoutesList())
                .extracting(Route::getProtocol)
                .containsExactly("OpenAIChat", "Gemini");
        assertThat(plan.poolsOf().get("a")).hasSize(2);
        assertThat(plan.poolsOf().get("b")).hasSize(1);
    }

    @Test
    void theOrderOfReadingDoesNotMatter() {
        List<DeclaredUpstream> all = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            all.add(upstream("u" + i, i % 3).models("m" + i % 2).connect(i % 4 + "s1ms").build());
        }
        PoolPlan expected = PoolPlan.of(all, RESOLVER);

        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(all, new Random(seed));
            assertThat(PoolPlan.of(all, RESOLVER)).isEqualTo(expected);
        }
    }

    @Test
    void theCredentialIsPrefixAndStrippedSecret() {
        PoolPlan plan = plan(upstream("a", 1).models("m").credential("cpa").build());

        assertThat(plan.pools().values().iterator().next().members().getFirst().credential())
                .hasValueSatisfying(c -> assertThat(c.headerValue()).isEqualTo("Bearer s3cret"));
    }

    @Test
    void withoutItsSecretAnUpstreamTakesNoPart() {
        PoolPlan plan = plan(upstream("a", 1).models("m").credential("other").build());

        assertThat(refusal(plan, "a").reason()).isEqualTo(Reason.CREDENTIAL_MISSING);
        assertThat(plan.pools()).isEmpty();
        assertThat(plan.models()).isEmpty();
    }

    @Test
    void theLaterOneLosesAConflictOverAModelsName() {
        PoolPlan plan =
                plan(
                        upstream("later", 5).model("m", "other").build(),
                        upstream("earlier", 3).model("m", "real").build());

        assertThat(plan.refused()).containsOnlyKeys("later");
        assertThat(refusal(plan, "later").reason()).isEqualTo(Reason.MODEL_NAME_CONFLICT);
        assertThat(refusal(plan, "later").message()).contains("real", "other", "earlier");
        assertThat(model(plan, "m").getUpstreamName()).isEqualTo("real");
    }

    @Test
    void amongEqualsInAgeTheNameDecides() {
        PoolPlan plan =
                plan(
                        upstream("b", 1).model("m", "x").build(),
                        upstream("a", 1).model("m", "y").build());

        assertThat(plan.refused()).containsOnlyKeys("b");
    }

    @Test
    void membersOfAPoolAgreeOnWhatAClusterHasOnce() {
        PoolPlan plan =
                plan(
                        upstream("a", 1).models("m").connect("2s").build(),
                        upstream("b", 2).models("m").connect("3s").build(),
                        upstream("c", 3).models("n").connect("4s").build());

        assertThat(plan.refused()).containsOnlyKeys("b");
        assertThat(refusal(plan, "b").reason()).isEqualTo(Reason.POOL_CONFLICT);
    }

    @Test
    void aRefusedUpstreamRefusesNobodyElse() {
        PoolPlan plan =
                plan(
                        upstream("a", 1).model("m", "x").credential("other").build(),
                        upstream("b", 2).model("m", "y").build());

        assertThat(plan.refused()).containsOnlyKeys("a");
        assertThat(model(plan, "m").getUpstreamName()).isEqualTo("y");
    }

    @Test
    void theWorstFiguresCount() {
        PoolPlan plan =
                plan(
                        upstream("a", 1)
                                .add(new UpstreamModel("m", "m", 100L, 10L, "0.4", 5L, 6L, 7L))
                                .build(),
                        upstream("b", 2)
                                .add(new UpstreamModel("m", "m", 90L, 20L, "0.25", 8L, 1L, 9L))
                                .build());

        var model = model(plan, "m");
        assertThat(model.getContextTokens()).isEqualTo(100);
        assertThat(model.getMaxOutputTokens()).isEqualTo(20);
        assertThat(model.getTokensPerMillionBytes()).isEqualTo(400_000);
        assertThat(model.getImageTokens()).isEqualTo(8);
        assertThat(model.getFileTokens()).isEqualTo(6);
        assertThat(model.getInputOverheadTokens()).isEqualTo(9);
        assertThat(model.getUpstreamName()).isEmpty();
        assertThat(model.getEnforcesMaxTokens()).isFalse();
    }

    @Test
    void addressesOfThePodItselfAreRefusedUnlessAllowed() {
        for (String host :
                List.of("127.0.0.1", "localhost", "a.localhost", "[::1]", "169.254.169.254")) {
            var upstream = upstream("a", 1).models("m").url("http://" + host + ":80").build();

            assertThat(refusal(plan(upstream), "a"))
                    .as(host)
                    .extracting(Refusal::reason)
                    .isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
            assertThat(
                            PoolPlan.of(
                                            List.of(upstream),
                                            new MemberResolver((n, k) -> Optional.empty(), true))
                                    .refused())
                    .isEmpty();
        }
    }

    private static Model model(PoolPlan plan, String name) {
        return Objects.requireNonNull(plan.models().get(name));
    }

    private static Refusal refusal(PoolPlan plan, String name) {
        return Objects.requireNonNull(plan.refused().get(name));
    }

    private static PoolPlan plan(DeclaredUpstream... upstreams) {
        return PoolPlan.of(List.of(upstreams), RESOLVER);
    }

    static Declaration upstream(String name, long age) {
        return new Declaration(name, age);
    }

    /** Builds an Upstream to test with. */
    static final class Declaration {
        private final String name;
        private final long age;
        private final List<UpstreamModel> models = new ArrayList<>();
        private List<Protocol> protocols = List.of(Protocol.OPENAI_CHAT);
        private Upstream.@Nullable Credential credential;
        private String connect = "2s";
        private String url;
        private boolean drain;

        Declaration(String name, long age) {
            this.name = name;
            this.age = age;
            this.url = "http://" + name + ".example:8317";
        }

        Declaration models(String... names) {
            for (String model : names) {
                model(model, model);
            }
            return this;
        }

        Declaration model(String model, String upstreamName) {
            return add(new UpstreamModel(model, upstreamName, 1000L, 100L, "1", 1L, 1L, 0L));
        }

        Declaration add(UpstreamModel model) {
            models.add(model);
            return this;
        }

        Declaration protocols(Protocol... all) {
            protocols = List.of(all);
            return this;
        }

        Declaration credential(String secret) {
            credential =
                    new Upstream.Credential(
                            new Upstream.SecretKeyRef(secret, "api-key"),
                            "authorization",
                            "Bearer ");
            return this;
        }

        Declaration connect(String text) {
            connect = text;
            return this;
        }

        Declaration url(String text) {
            url = text;
            return this;
        }

        Declaration drained() {
            drain = true;
            return this;
        }

        DeclaredUpstream build() {
            return new DeclaredUpstream(
                    name,
                    Instant.ofEpochSecond(age),
                    1,
                    new Upstream.Spec(
                            url,
                            protocols,
                            credential,
                            models,
                            false,
                            false,
                            0,
                            1,
                            drain,
                            new Upstream.Timeouts(new TimeSpan(connect), new TimeSpan("600s")),
                            null,
                            null));
        }
    }
}
