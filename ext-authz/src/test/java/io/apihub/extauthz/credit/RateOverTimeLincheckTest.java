package io.apihub.extauthz.credit;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.LongGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Threads that looked at the clock at different times: in two seconds no more is let through than
 * the burst and what two seconds bring.
 */
@Param(name = "amount", gen = LongGen.class, conf = "1:2")
@Param(name = "second", gen = LongGen.class, conf = "0:2")
public class RateOverTimeLincheckTest {

    private static final long SECOND = 1_000_000_000;
    private static final long BURST = 3;

    private final RateBucket bucket = new RateBucket(60, BURST, 0, 0);
    private final AtomicLong let = new AtomicLong();

    @Operation
    public void take(@Param(name = "amount") long amount, @Param(name = "second") long second) {
        if (bucket.take(amount, second * SECOND) >= 0) {
            let.addAndGet(amount);
        }
    }

    @Operation
    public void close() {
        bucket.close();
    }

    @Validate
    public void isWithinBurstAndRate() {
        if (let.get() > BURST + 2) {
            throw new IllegalStateException("let through: " + let.get());
        }
    }

    @Test
    void realThreadsLetNoMoreThrough() {
        Linearizability.stress(RateOverTimeLincheckTest.class);
    }

    @Test
    void noInterleavingLetsMoreThrough() {
        Linearizability.modelCheck(RateOverTimeLincheckTest.class);
    }
}
