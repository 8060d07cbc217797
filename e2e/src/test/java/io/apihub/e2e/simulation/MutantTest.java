package io.apihub.e2e.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulation that finds no planted bug proves nothing. */
class MutantTest {

    @ParameterizedTest
    @EnumSource
    void isCaught(Mutant mutant) {
        long most = Long.getLong("simulation.mutant.seeds", 0);
        boolean caught = isCaught(mutant, mutant.seed());
        for (long seed = 0; seed < most && !caught; seed++) {
            caught = isCaught(mutant, seed);
        }

        assertThat(caught).as("%s", mutant).isTrue();
    }

    private static boolean isCaught(Mutant mutant, long seed) {
        try {
            World.run(seed, mutant.parts(), false);
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }
}
