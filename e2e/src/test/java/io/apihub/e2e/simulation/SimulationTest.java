package io.apihub.e2e.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/** Seeds from a base on; one that fails says how to see it again. */
class SimulationTest {

    private static final long MOST_NANOS = 90 * VirtualTime.SECOND;

    @Test
    void noFaultBreaksACeilingOrLosesARequest() {
        long seeds = Long.getLong("simulation.seeds", 2_000);
        // Fresh ones (-Dsimulation.base=N) are for builds once a power cut closes no incarnation:
        // seed 8215.
        long base = Long.getLong("simulation.base", 1);
        System.out.println("simulation: " + seeds + " seeds from " + base);
        long begun = System.nanoTime();
        long done = 0;
        // A busy machine runs fewer seeds rather than late; on demand all of them are run.
        boolean all = Boolean.getBoolean("simulation.all");
        while (done < seeds && (all || System.nanoTime() - begun < MOST_NANOS)) {
            run(base + done++);
        }
        long millis = (System.nanoTime() - begun) / VirtualTime.MILLI;
        System.out.println("simulation: " + done + " seeds in " + millis + " ms");
        assertThat(done).isPositive();
    }

    private static void run(long seed) {
        try {
            World.run(seed, new Parts(), false);
        } catch (RuntimeException e) {
            fail(World.explain(seed, new Parts()), e);
        }
    }

    @Test
    void aSeedIsOneRun() {
        for (long seed = 1; seed <= 20; seed++) {
            var first = World.run(seed, new Parts(), true).trace();
            var second = World.run(seed, new Parts(), true).trace();

            assertThat(second.digest()).as("seed %d", seed).isEqualTo(first.digest());
        }
    }
}
