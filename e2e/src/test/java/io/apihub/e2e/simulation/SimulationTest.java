package io.apihub.e2e.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/** Seeds from a base on; one that fails says how to see it again. */
class SimulationTest {

    private static final long BASE = 6_000_000;

    @Test
    void noFaultBreaksACeilingOrLosesARequest() {
        long seeds = Long.getLong("simulation.seeds", 20_000);
        long base = Long.getLong("simulation.base", BASE);
        System.out.printf("simulation: %d seeds, -Dsimulation.base=%d%n", seeds, base);
        long begun = System.nanoTime();
        var failed = Seeds.from(base, seeds).firstFailure();
        if (failed.isPresent()) {
            fail(World.explain(failed.getAsLong(), new Parts()));
        }
        long millis = (System.nanoTime() - begun) / VirtualTime.MILLI;
        System.out.println("simulation: " + seeds + " seeds in " + millis + " ms");
        assertThat(seeds).isPositive();
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
