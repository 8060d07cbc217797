package io.apihub.billing.payment;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Counts notices that nobody of ours signed, by address: of a few a minute it is written down what
 * they said, whoever sends many is told to wait. Each process counts for itself.
 */
@Component
final class Strangers {

    /** An address may be wrong so often in a minute. */
    static final int MOST_OF_ONE = 30;

    /** So many are written down in a minute, whoever sent them. */
    static final int MOST_WRITTEN = 60;

    /** At some hundred bytes each. */
    private static final int MOST_ADDRESSES = 10_000;

    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final Map<String, Integer> tries = new HashMap<>();
    private Instant windowStart = Instant.EPOCH;
    private int written;

    Strangers(InstantSource clock) {
        this.clock = clock;
    }

    /** What is done with what a stranger sent; it is refused in any case. */
    enum Handling {
        WRITTEN,
        /** Counted only. */
        COUNTED,
        /** The address has sent too much. */
        THROTTLED
    }

    /** Counts one more of an address. */
    synchronized Handling next(String address) {
        begin(clock.instant());
        if (tries.size() >= MOST_ADDRESSES && !tries.containsKey(address)) {
            return Handling.THROTTLED;
        }
        if (tries.merge(address, 1, Integer::sum) > MOST_OF_ONE) {
            return Handling.THROTTLED;
        }
        if (written >= MOST_WRITTEN) {
            return Handling.COUNTED;
        }
        written++;
        return Handling.WRITTEN;
    }

    /** A window from the future was begun by a clock that went back since. */
    private void begin(Instant now) {
        boolean runs = !now.isBefore(windowStart) && now.isBefore(windowStart.plus(WINDOW));
        if (!runs) {
            tries.clear();
            written = 0;
            windowStart = now;
        }
    }
}
