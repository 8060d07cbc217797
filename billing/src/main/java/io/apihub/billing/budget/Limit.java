package io.apihub.billing.budget;

import java.time.ZoneId;
import java.util.List;

/**
 * A limit as the registry has it at one revision.
 *
 * @param amount 0 or more, in the metric's unit
 * @param perKey one counter for each key; else one for all
 * @param enforced false: Shadow, counted at settlement only
 * @param alertPercent ascending
 */
public record Limit(
        Metric metric,
        Window window,
        long amount,
        ZoneId zone,
        boolean perKey,
        boolean enforced,
        List<Integer> alertPercent,
        long revision) {

    public Limit {
        if (amount < 0) {
            throw new IllegalArgumentException("a limit of " + amount);
        }
        alertPercent = List.copyOf(alertPercent);
    }

    /** Whether gateways lease parts of a rate or of slots, rather than amounts of a counter. */
    public boolean isShared() {
        return metric == Metric.CONCURRENCY || window == Window.MINUTE;
    }

    /** Whether a subject may be counted by it. */
    public boolean fits(String subject) {
        return perKey != subject.isEmpty();
    }
}
