package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.LongGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Holds of two are taken from a lease, settled and given back by many threads, while it is called
 * back: what was granted is always spent, held, or left; and a lease that is over stays as it is.
 */
@Param(name = "used", gen = LongGen.class, conf = "0:2")
public class AmountLeaseLincheckTest {

    private static final long GRANTED = 5;
    private static final long HOLD = 2;
    private static final long NEVER = -1;

    private final TenantDesk desk =
            new TenantDesk(
                    LeaseSettings.of(Duration.ofSeconds(1)),
                    new TenantDesk.Surroundings(
                            new Bank(), (delay, task) -> {}, () -> 0, new HashMap<>()),
                    _ -> {});
    private final AmountLease lease =
            new AmountLease(
                    1,
                    desk.allowance(Subject.account(ByteString.EMPTY), Long.MAX_VALUE),
                    new LeaseTerm(new BillingTime(0, 0, 0), 60_000, 0, 0),
                    GRANTED);
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong spent = new AtomicLong();
    private final AtomicLong returnedWhenOver = new AtomicLong(NEVER);

    @Operation
    public void take() {
        if (lease.take(HOLD, 0) >= 0) {
            open.incrementAndGet();
        }
    }

    @Operation
    public void end(@Param(name = "used") long used) {
        long seen = open.get();
        if (seen > 0 && open.compareAndSet(seen, seen - 1)) {
            spent.addAndGet(used);
            lease.giveBack(HOLD, used, 0, 0);
        }
    }

    @Operation
    public void close() {
        lease.close();
    }

    @Operation
    public void look() {
        if (lease.isOver()) {
            returnedWhenOver.set(lease.returnedTotal());
        }
    }

    @Validate
    public void addsUp() {
        long left = lease.remaining(0) + lease.returnedTotal();
        if (left + spent.get() + open.get() * HOLD != GRANTED) {
            throw new IllegalStateException(left + " left, " + spent + " spent, " + open + " open");
        }
        long over = returnedWhenOver.get();
        if (over != NEVER && (over != lease.returnedTotal() || open.get() != 0)) {
            throw new IllegalStateException("over with " + over + ", now " + left);
        }
    }

    @Test
    void realThreadsLoseNothing() {
        Linearizability.stress(AmountLeaseLincheckTest.class);
    }

    @Test
    void noInterleavingLosesAnything() {
        Linearizability.modelCheck(AmountLeaseLincheckTest.class);
    }
}
