package io.apihub.billing.rate;

import io.apihub.billing.settings.Rates;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket for each of many subjects, of which the longest unseen are forgotten first. Safe
 * for use by many threads.
 */
final class Buckets {

    /** At some hundred bytes each. */
    static final int MOST = 50_000;

    private final InstantSource clock;
    private final long burst;
    private final long microsEach;
    private final int most;

    /**
     * For each subject the time, in microseconds, at which its bucket will be full again: all that
     * there is to know of a bucket.
     */
    private final Map<String, Long> fullAt =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > most;
                }
            };

    Buckets(InstantSource clock, Rates.Rate rate, int most) {
        this.clock = clock;
        this.burst = rate.burst();
        this.microsEach = Duration.ofSeconds(1).dividedBy(rate.perSecond()).toNanos() / 1_000;
        this.most = most;
    }

    /**
     * What became of a request.
     *
     * @param left how many more are let in at once
     * @param full until the bucket is full again
     * @param retryAfter zero if this one is let in; else until the next one is
     */
    record Taken(long left, Duration full, Duration retryAfter) {

        boolean allowed() {
            return retryAfter.isZero();
        }
    }

    /** Takes one token, if there is one. */
    synchronized Taken take(String subject) {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        long whole = burst * microsEach;
        // More than a whole bucket can't be missing: then the clock went back.
        long before = Math.clamp(fullAt.getOrDefault(subject, now), now, now + whole);
        long after = before + microsEach;
        if (after - now > whole) {
            fullAt.put(subject, before);
            return new Taken(0, micros(before - now), micros(after - now - whole));
        }
        fullAt.put(subject, after);
        return new Taken((whole - (after - now)) / microsEach, micros(after - now), Duration.ZERO);
    }

    synchronized int size() {
        return fullAt.size();
    }

    private static Duration micros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
