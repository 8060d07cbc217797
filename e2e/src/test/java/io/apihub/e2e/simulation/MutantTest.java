package io.apihub.e2e.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulation that finds no planted bug proves nothing. */
class MutantTest {

    private static final OptionalLong NONE = OptionalLong.empty();

    @ParameterizedTest
    @EnumSource
    void isCaught(Mutant mutant) {
        long most = Long.getLong("simulation.mutant.seeds", 0);
        var caught = isCaught(mutant, mutant.seed()) ? OptionalLong.of(mutant.seed()) : NONE;
        for (long seed = 0; seed < most && caught.isEmpty(); seed++) {
            caught = isCaught(mutant, seed) ? OptionalLong.of(seed) : NONE;
        }

        assertThat(caught).as("%s", mutant).isPresent();
        // It is the bug that is caught, and not the run.
        assertThat(World.explain(caught.getAsLong(), new Parts())).endsWith("nothing");
    }

    /** What must never be was seen; that something else broke on its way is not enough. */
    private static boolean isCaught(Mutant mutant, long seed) {
        try {
            World.run(seed, mutant.parts(), false);
            return false;
        } catch (Violation e) {
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
