package io.apihub.billing.plan;

import static io.apihub.billing.plan.PlanStand.made;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.plan.FaultPoint.Step;
import io.apihub.billing.testing.Poll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A process that renews, ends or applies plans is killed at a step; another one goes on. */
class PlanKillIT {

    private static final PlanStand STAND = new PlanStand();
    private static final int PATIENCE_SECONDS = 180;

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
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(MortalPlans.class.getName(), STAND.jdbcUrl(), step.name()));
        var output = Files.createTempFile(Path.of("target"), "mortal", ".log");
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            var log = Files.readString(output);
            assertThat(ended).as(log).isTrue();
            assertThat(process.exitValue()).as(log).isEqualTo(MortalPlans.KILLED);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
