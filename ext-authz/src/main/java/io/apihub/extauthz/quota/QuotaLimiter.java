package io.apihub.extauthz.quota;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts requests against limits, all or nothing. Thread safe, without locks. */
public final class QuotaLimiter {

    private final ConcurrentHashMap<LimitId, LimitCounters> counters = new ConcurrentHashMap<>();
    private final LongSupplier ticker;

    /**
     * @param ticker monotonic nanoseconds, as {@link System#nanoTime}
     */
    public QuotaLimiter(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** Binds a declared limit to its counters, which stay when only its amount changes. */
    public Limit bind(Limit.Spec spec) {
        return new Limit(spec, counters.computeIfAbsent(spec.id(), id -> fresh(spec.metric())));
    }

    private static LimitCounters fresh(Limit.Metric metric) {
        return switch (metric) {
            case REQUESTS_PER_MINUTE -> new LimitCounters(RateCounter::new);
            case CONCURRENCY -> new LimitCounters(now -> new SlotCounter());
        };
    }

    /**
     * Counts one request against every limit that covers it. If one refuses, nothing is counted and
     * the one with the longest wait is named.
     */
    public Admission admit(List<Quota> quotas, KeyUid key, String model) {
        if (quotas.isEmpty()) {
            return Admission.UNLIMITED;
        }
        long now = ticker.getAsLong();
        var taken = new ArrayList<Admission.Taken>(4);
        @Nullable Limit tightest = null;
        long longestWait = 0;
        for (var quota : quotas) {
            if (!quota.keys().contains(key)) {
                continue;
            }
            for (var limit : quota.limits()) {
                long wait =
                        limit.covers(model)
                                ? take(limit, limit.amount(), quota.perKey(), key, now, taken)
                                : 0;
                if (wait > longestWait) {
                    longestWait = wait;
                    tightest = limit;
                }
            }
        }
        var admission = new Admission(taken, now, tightest, longestWait);
        return tightest == null ? admission : admission.withNothingTaken();
    }

    /** Counts a request that was let through before this process began, over any amount. */
    public Admission reoccupy(List<Quota> quotas, KeyUid key, String model) {
        long now = ticker.getAsLong();
        var taken = new ArrayList<Admission.Taken>(1);
        for (var quota : quotas) {
            for (var limit : quota.limits()) {
                boolean applies =
                        limit.metric() == Limit.Metric.CONCURRENCY
                                && quota.keys().contains(key)
                                && limit.covers(model);
                if (applies) {
                    take(limit, Long.MAX_VALUE, quota.perKey(), key, now, taken);
                }
            }
        }
        return new Admission(taken, now, null, 0);
    }

    private static long take(
            Limit limit,
            long amount,
            boolean perKey,
            KeyUid key,
            long now,
            List<Admission.Taken> taken) {
        while (true) {
            var counter = limit.counter(perKey, key, now);
            long wait = counter.take(amount, now);
            if (wait == 0) {
                taken.add(new Admission.Taken(limit, counter));
            }
            if (wait != Counter.SWEPT) {
                return wait;
            }
        }
    }

    /** Forgets idle counters; to be called every minute or so. */
    public void sweep() {
        long now = ticker.getAsLong();
        counters.values().forEach(each -> each.sweep(now));
    }
}
