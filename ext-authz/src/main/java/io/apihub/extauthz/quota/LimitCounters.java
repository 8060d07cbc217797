package io.apihub.extauthz.quota;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/** The counters of one limit: one for the target as a whole, or one for each key. */
final class LimitCounters {

    private static final KeyUid TARGET = new KeyUid(0, 0);

    private final ConcurrentHashMap<KeyUid, Counter> counters = new ConcurrentHashMap<>();
    private final LongFunction<Counter> fresh;

    LimitCounters(LongFunction<Counter> fresh) {
        this.fresh = fresh;
    }

    Counter of(boolean perKey, KeyUid key, long nowNanos) {
        var subject = perKey ? key : TARGET;
        var counter = counters.get(subject);
        return counter != null
                ? counter
                : counters.computeIfAbsent(subject, s -> fresh.apply(nowNanos));
    }

    /** Forgets what stands as if it had never been used. */
    void sweep(long nowNanos) {
        counters.forEach((subject, counter) -> {
            if (counter.sweep(nowNanos)) {
                counters.remove(subject, counter);
            }
        });
    }
}
