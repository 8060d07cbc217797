package io.apihub.operator.limit;

import io.apihub.operator.registry.LimitState;
import io.apihub.operator.registry.LimitState.Target;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pair of gauges for each limit that is used up or near it; a limit that is neither has none,
 * so that there are as many as there is something to look at.
 */
public final class LimitMetrics implements AutoCloseable {

    /** Limits with gauges; more would be a burden to whoever scrapes them. */
    private static final int MAX_LIMITS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(LimitMetrics.class);

    private final MeterRegistry registry;
    private final Map<Target, List<Meter>> meters = new ConcurrentHashMap<>();

    public LimitMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Replaces the gauges of an object. */
    void set(Target target, List<LimitState> states) {
        meters.compute(
                target,
                (t, before) -> {
                    if (before != null) {
                        before.forEach(registry::remove);
                    }
                    return states.isEmpty() ? null : gauges(target, states);
                });
    }

    private List<Meter> gauges(Target target, List<LimitState> states) {
        var made = new ArrayList<Meter>();
        states.stream()
                .collect(Collectors.groupingBy(LimitState::limit))
                .forEach((limit, counters) -> {
                    if (meters.size() >= MAX_LIMITS) {
                        LOG.debug("no gauge for {} {}", target, limit);
                        return;
                    }
                    long exhausted = counters.stream().filter(LimitState::exhausted).count();
                    int percent =
                            counters.stream().mapToInt(LimitState::alertingPercent).max().orElse(0);
                    made.add(gauge("apihub_operator_limit_exhausted", target, limit, exhausted));
                    made.add(
                            gauge(
                                    "apihub_operator_limit_alerting_percent",
                                    target,
                                    limit,
                                    percent));
                });
        return made;
    }

    private Meter gauge(String name, Target target, String limit, long value) {
        return Gauge.builder(name, () -> value)
                .tag("namespace", target.namespace())
                .tag("quota", target.quota())
                .tag("limit", limit)
                .register(registry);
    }

    /** Ends all gauges. */
    @Override
    public void close() {
        List.copyOf(meters.keySet()).forEach(target -> set(target, List.of()));
    }
}
