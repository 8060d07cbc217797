package io.apihub.extauthz.quota;

import io.apihub.model.price.ModelPattern;
import java.util.List;

/** One limit in force, bound to its counters, which outlive a change of its amount. */
public final class Limit {

    /** What is limited. */
    public enum Metric {
        REQUESTS_PER_MINUTE,
        CONCURRENCY
    }

    private final LimitId id;
    private final Metric metric;
    private final long amount;
    private final List<ModelPattern> models;
    private final LimitCounters counters;

    Limit(Spec spec, LimitCounters counters) {
        id = spec.id();
        metric = spec.metric();
        amount = spec.amount();
        models = spec.models();
        this.counters = counters;
    }

    /**
     * A limit as it is declared.
     *
     * @param amount requests a minute, or requests at once; 0 lets nothing through
     * @param models globs; empty = every model
     */
    public record Spec(LimitId id, Metric metric, long amount, List<ModelPattern> models) {

        public Spec {
            models = List.copyOf(models);
        }
    }

    /** How errors name it: {@code <quota>/<limit>}. */
    public String label() {
        return id.label();
    }

    public Metric metric() {
        return metric;
    }

    public long amount() {
        return amount;
    }

    boolean covers(String model) {
        if (models.isEmpty()) {
            return true;
        }
        for (var pattern : models) {
            if (pattern.matches(model)) {
                return true;
            }
        }
        return false;
    }

    Counter counter(boolean perKey, KeyUid key, long nowNanos) {
        return counters.of(perKey, key, nowNanos);
    }
}
