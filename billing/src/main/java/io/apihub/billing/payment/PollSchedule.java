package io.apihub.billing.payment;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When the platform is asked about an order that nobody told us of. */
final class PollSchedule {

    /** The last one is before the platform deletes what was not paid for 24 hours. */
    private static final List<Duration> AGES =
            List.of(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(3),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(30),
                    Duration.ofHours(2),
                    Duration.ofHours(12),
                    Duration.ofHours(23));

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 6;

    /** More than a day of them: nobody hurries any more, but it is never given up. */
    private static final int MANY_MISSES = 200;

    private static final Duration PAUSE_AFTER_MANY = Duration.ofHours(6);

    private PollSchedule() {}

    static Duration first() {
        return AGES.getFirst();
    }

    /** The next time after now; null if the last one has passed. */
    static @Nullable Instant next(Instant createdAt, Instant now) {
        return AGES.stream()
                .map(createdAt::plus)
                .filter(time -> time.isAfter(now))
                .findFirst()
                .orElse(null);
    }

    /** How long to wait when nobody could tell; there is no last time then. */
    static Duration pause(int misses) {
        if (misses >= MANY_MISSES) {
            return PAUSE_AFTER_MANY;
        }
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(misses, MOST_DOUBLINGS));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
