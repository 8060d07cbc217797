package io.apihub.bench.micro;

import io.apihub.extauthz.check.WarmUp;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The whole decision and its answer in this process: no socket, no journal, no lease. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBenchmark {

    private static final int DECISIONS = 50;

    private final WarmUp decisions = new WarmUp(InstantSource.system(), new SplittableRandom(1));

    /** One of fifty requests has 24 kB, the others a hundred bytes. */
    @Benchmark
    @OperationsPerInvocation(DECISIONS)
    public int decide() {
        return decisions.run(DECISIONS);
    }
}
