package io.apihub.extauthz.credit;

import org.jetbrains.lincheck.datastructures.LongGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * A bucket of what is taken at once, the clock standing still: it is as if threads had used it one
 * after the other. So what billing is told of a closed bucket has all in it that was let through.
 */
@Param(name = "amount", gen = LongGen.class, conf = "1:2")
public class RateBucketLincheckTest {

    private final RateBucket bucket = new RateBucket(60, 3, 0, 0);

    @Operation
    public boolean take(@Param(name = "amount") long amount) {
        return bucket.take(amount, 0) >= 0;
    }

    @Operation
    public void giveBack(@Param(name = "amount") long amount) {
        bucket.giveBack(amount, 0, 0);
    }

    @Operation
    public void close() {
        bucket.close();
    }

    @Operation
    public long fullAt() {
        return bucket.fullAt(0);
    }

    @Test
    void realThreadsSeeOneOrder() {
        Linearizability.stress(RateBucketLincheckTest.class);
    }

    @Test
    void everyInterleavingHasAnOrder() {
        Linearizability.modelCheck(RateBucketLincheckTest.class);
    }
}
