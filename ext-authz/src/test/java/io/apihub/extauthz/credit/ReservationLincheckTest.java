package io.apihub.extauthz.credit;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.LongGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * A bucket of what is known only at the end, the clock standing still. It may refuse what it could
 * have let through, as a settlement counts twice for a moment, so it is not compared with one
 * order; but it never lets through more than the burst, nor tells billing of less than that.
 */
@Param(name = "used", gen = LongGen.class, conf = "0:2")
public class ReservationLincheckTest {

    private static final long SECOND = 1_000_000_000;
    private static final long BURST = 3;
    private static final long RESERVED = 2;

    private final RateBucket bucket = new RateBucket(60, BURST, 0, 0);
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong spent = new AtomicLong();
    private final AtomicLong least = new AtomicLong(Long.MAX_VALUE);

    @Operation
    public void reserve() {
        if (bucket.reserve(RESERVED, 0) >= 0) {
            open.incrementAndGet();
        }
    }

    @Operation
    public void reserveOne() {
        if (bucket.reserve(1, 0) >= 0) {
            bucket.settle(1, 1, 0);
            spent.incrementAndGet();
        }
    }

    @Operation
    public void settle(@Param(name = "used") long used) {
        long seen = open.get();
        if (seen > 0 && open.compareAndSet(seen, seen - 1)) {
            bucket.settle(RESERVED, used, 0);
            spent.addAndGet(used);
        }
    }

    /** What billing is told when the bucket is closed. */
    @Operation
    public void tell() {
        bucket.close();
        least.accumulateAndGet(bucket.fullAt(0), Math::min);
    }

    @Validate
    public void isWithinTheBurst() {
        long through = spent.get() + open.get() * RESERVED;
        if (through > BURST) {
            throw new IllegalStateException("let through: " + through);
        }
        if (least.get() < spent.get() * SECOND) {
            throw new IllegalStateException(spent.get() + " used, told: " + least.get());
        }
    }

    @Test
    void realThreadsLetNoMoreThrough() {
        Linearizability.stress(ReservationLincheckTest.class);
    }

    @Test
    void noInterleavingLetsMoreThrough() {
        Linearizability.modelCheck(ReservationLincheckTest.class);
    }
}
