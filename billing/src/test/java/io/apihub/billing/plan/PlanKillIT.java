package io.apihub.billing.plan;

import static io.apihub.billing.plan.PlanStand.made;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.plan.FaultPoint.Step;
import io.apihub.billing.testing.ChildJvm;
import io.apihub.billing.testing.Poll;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A process that renews, ends or applies plans is killed at a step; another one goes on. */
class PlanKillIT {

    private static final PlanStand STAND = new PlanStand();
    private final UUID tenant = tenant();

    private static UUID tenant() {
        STAND.restart();
        return STAND.tenant("100");
    }

    /** What a process reaches by itself; orders are paid through REST, and payments' tests. */
    static Set<Step> steps() {
        return System.getProperty("kills", "some").equals("all")
                ? EnumSet.complementOf(EnumSet.of(Step.CREDITED))
                : Set.of(Step.CHANGED);
    }

    @AfterAll
    static void stop() {
        STAND.checkSound();
        STAND.close();
    }

    @ParameterizedTest
    @MethodSource("steps")
    void whereverItIsKilledTheEndIsTheSame(Step step) throws Exception {
        made(STAND.buy(tenant, "basic", true));
        boolean applies = Set.of(Step.NOTED, Step.APPLYING, Step.APPLIED).contains(step);
        if (!applies) {
            STAND.work();
            STAND.choose(tenant, "{\"cancelled\": " + (step == Step.ENDING) + "}", null);
            periodIsOver();
        }

        kill(step);

        STAND.checkSound();
        STAND.timeIs(Instant.now());
        boolean ended = step == Step.ENDING;
        // Postgres frees the locks of the dead when it hears of it.
        Poll.until(Duration.ofSeconds(60), () -> isSettled(ended ? "registration" : "basic"));
        var state = STAND.subscription(tenant);
        assertThat(state.get("state").asString()).isEqualTo(ended ? "ENDED" : "ACTIVE");
        assertThat(state.get("periodNumber").asInt()).isEqualTo(applies || ended ? 1 : 2);
        assertThat(STAND.balance(tenant)).isEqualTo(applies || ended ? "80" : "60");
    }

    private boolean isSettled(String template) {
        STAND.work();
        return STAND.subscription(tenant).get("applied").asBoolean()
                && STAND.tenants().of(tenant).equals(template)
                && STAND.admin()
                        .queryForList(
                                "SELECT 1 FROM billing.subscription WHERE state <> 'ENDED'"
                                        + " AND period_ends_at <= now()")
                        .isEmpty();
    }

    private void periodIsOver() {
        STAND.admin()
                .update(
                        "UPDATE billing.subscription SET anchor_at = now() - interval '31 days',"
                                + " period_starts_at = now() - interval '31 days',"
                                + " period_ends_at = now(), look_at = now() WHERE tenant_id = ?",
                        tenant);
    }

    /** Starts a process that does what is due, and waits until it has been killed. */
    private static void kill(Step step) throws IOException, InterruptedException {
        ChildJvm.start("mortal", MortalPlans.class, List.of(STAND.jdbcUrl(), step.name()))
                .assertExit(MortalPlans.KILLED);
    }
}
