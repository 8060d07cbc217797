package io.apihub.extauthz.refusal;

import com.google.protobuf.ByteString;
import io.apihub.usage.v1.RefusalCount;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sums refusals by minute until they are taken away. A bounded number of different sums: what does
 * not fit is counted, not kept. Thread safe.
 */
public final class RefusalSums {

    private static final int MOST = 50_000;
    private static final long MINUTE = 60_000;

    private record Cell(Refused refused, long minute) {}

    private final InstantSource clock;
    private final Map<Cell, LongAdder> sums = new ConcurrentHashMap<>();
    private final LongAdder dropped = new LongAdder();

    public RefusalSums(InstantSource clock) {
        this.clock = clock;
    }

    /** Counts one. */
    public void count(Refused refused) {
        var cell = new Cell(refused, clock.millis() / MINUTE * MINUTE);
        var sum = sums.get(cell);
        if (sum == null) {
            if (sums.size() >= MOST) {
                dropped.increment();
                return;
            }
            sum = sums.computeIfAbsent(cell, _ -> new LongAdder());
        }
        sum.increment();
    }

    /** Refusals that no sum had room for. */
    public long dropped() {
        return dropped.sum();
    }

    /** Takes sums away, at most so many. */
    public List<RefusalCount> take(int most) {
        var taken = new ArrayList<RefusalCount>();
        var all = sums.entrySet().iterator();
        while (all.hasNext() && taken.size() < most) {
            // Whoever counts into it at this very moment is lost: statistics, not money.
            var each = all.next();
            all.remove();
            taken.add(message(each.getKey(), each.getValue().sum()));
        }
        return taken;
    }

    private static RefusalCount message(Cell cell, long count) {
        var refused = cell.refused();
        return RefusalCount.newBuilder()
                .setTenantId(refused.tenant())
                .setKeyUid(uid(refused))
                .setKeyId(refused.keyId())
                .setModel(refused.model())
                .setDialect(refused.dialect())
                .setReason(refused.reason())
                .setLimit(refused.limit())
                .setCount(count)
                .setMinuteMillis(cell.minute())
                .build();
    }

    private static ByteString uid(Refused refused) {
        var bytes = ByteBuffer.allocate(16);
        bytes.putLong(refused.keyUidHigh()).putLong(refused.keyUidLow()).flip();
        return ByteString.copyFrom(bytes);
    }
}
