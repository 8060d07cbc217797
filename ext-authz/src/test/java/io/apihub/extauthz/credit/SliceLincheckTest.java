package io.apihub.extauthz.credit;

import org.jetbrains.lincheck.datastructures.LongGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Whatever threads do to a slice at once, it is as if they had done it one after the other. */
@Param(name = "amount", gen = LongGen.class, conf = "0:6")
public class SliceLincheckTest {

    private final Slice slice = new Slice(10);

    @Operation
    public long take(@Param(name = "amount") long amount) {
        return slice.take(amount);
    }

    @Operation
    public boolean put(@Param(name = "amount") long amount) {
        return slice.put(amount);
    }

    @Operation
    public void close() {
        slice.close();
    }

    @Operation
    public long remaining() {
        return slice.remaining();
    }

    @Operation
    public long returned() {
        return slice.returned();
    }

    @Operation
    public long unused() {
        return slice.unused();
    }

    @Test
    void realThreadsSeeOneOrder() {
        Linearizability.stress(SliceLincheckTest.class);
    }

    @Test
    void everyInterleavingHasAnOrder() {
        Linearizability.modelCheck(SliceLincheckTest.class);
    }
}
