package io.apihub.extauthz.credit;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How long Lincheck looks: a little in every build, longer in one that proves ({@code -Pproof}).
 * Real threads (stress) find what the processor and the compiler reorder; the model checker goes
 * through the interleavings of small scenarios one by one.
 */
final class Linearizability {

    private static final int ITERATIONS = Integer.getInteger("lincheck.iterations", 2);

    /** How often real threads run one scenario. */
    private static final int STRESS = Integer.getInteger("lincheck.stress", 300);

    /** A scenario of two threads with three operations each has few more interleavings. */
    private static final int INVOCATIONS = 300;

    private Linearizability() {}

    static void stress(Class<?> operations) {
        new StressOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(STRESS)
                .threads(3)
                .actorsPerThread(3)
                .check(operations);
    }

    static void modelCheck(Class<?> operations) {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(3)
                .checkObstructionFreedom(true)
                .check(operations);
    }
}
