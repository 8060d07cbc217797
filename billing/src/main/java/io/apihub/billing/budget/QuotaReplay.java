package io.apihub.billing.budget;

import io.apihub.model.price.ModelPattern;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Replays settled requests against limits that do not exist, in the order of their time, with the
 * windows and rates of the real ones. A request that one limit refuses takes nothing of any, as in
 * reality. What is not known afterwards is what holds under way had set aside: so a limit that is
 * nearly used up may in reality refuse some requests more. Not safe for several threads.
 */
public final class QuotaReplay {

    private final List<Proposed> limits;
    private final Map<Proposed, Map<String, Counter>> counters = new HashMap<>();
    private final Map<Proposed, Refusals> refusals = new HashMap<>();
    private long requests;
    private long refused;

    public QuotaReplay(List<Proposed> limits) {
        this.limits = List.copyOf(limits);
        limits.forEach(limit -> {
            counters.put(limit, new HashMap<>());
            refusals.put(limit, new Refusals());
        });
    }

    /**
     * A limit to try.
     *
     * @param keys those that count; null: all of the tenant
     * @param models empty: every model
     */
    public record Proposed(
            String name, Limit limit, @Nullable Set<UUID> keys, List<ModelPattern> models) {

        public Proposed {
            keys = keys == null ? null : Set.copyOf(keys);
            models = List.copyOf(models);
        }

        private boolean applies(Request request) {
            return (keys == null || keys.contains(request.key()))
                    && (models.isEmpty()
                            || models.stream()
                                    .anyMatch(pattern -> pattern.matches(request.model())));
        }
    }

    /**
     * A request that was served.
     *
     * @param millis of its check
     * @param endMillis when its answer was complete
     * @param costMicros what it cost; {@code heldMicros} what had been set aside for it
     */
    public record Request(
            UUID key,
            String model,
            long millis,
            long endMillis,
            long inputTokens,
            long outputTokens,
            long costMicros,
            long heldMicros) {

        private long uses(Metric metric) {
            return switch (metric) {
                case REQUESTS, CONCURRENCY -> 1;
                case INPUT_TOKENS -> inputTokens;
                case OUTPUT_TOKENS -> outputTokens;
                case TOTAL_TOKENS -> Math.addExact(inputTokens, outputTokens);
                case COST -> costMicros;
            };
        }

        /** What must be free for it to be let pass. */
        private long needs(Metric metric) {
            return metric == Metric.COST ? Math.max(costMicros, heldMicros) : uses(metric);
        }
    }

    /** What one limit would have refused. */
    public static final class Refusals {
        private final Map<UUID, Long> byKey = new TreeMap<>();
        private long applied;
        private long count;
        private long firstMillis;

        /** Requests that the limit is about. */
        public long applied() {
            return applied;
        }

        public long count() {
            return count;
        }

        /** When the first one was refused, milliseconds since 1970; 0 if none was. */
        public long firstMillis() {
            return firstMillis;
        }

        /** How many of each key. */
        public Map<UUID, Long> byKey() {
            return Map.copyOf(byKey);
        }

        private void add(Request request) {
            firstMillis = count == 0 ? request.millis() : firstMillis;
            count++;
            byKey.merge(request.key(), 1L, Long::sum);
        }
    }

    /** The next request; not earlier than those before. */
    public void take(Request request) {
        requests++;
        boolean fits = true;
        for (var proposed : limits) {
            if (proposed.applies(request)) {
                var told = told(proposed);
                told.applied++;
                if (!counter(proposed, request).fits(request)) {
                    told.add(request);
                    fits = false;
                }
            }
        }
        if (!fits) {
            refused++;
            return;
        }
        for (var proposed : limits) {
            if (proposed.applies(request)) {
                counter(proposed, request).take(request);
            }
        }
    }

    private Counter counter(Proposed proposed, Request request) {
        var subject = proposed.limit().perKey() ? request.key().toString() : "";
        return counters.computeIfAbsent(proposed, one -> new HashMap<>())
                .computeIfAbsent(subject, key -> Counter.of(proposed.limit()));
    }

    private Refusals told(Proposed proposed) {
        return refusals.computeIfAbsent(proposed, one -> new Refusals());
    }

    /** All requests that were taken. */
    public long requests() {
        return requests;
    }

    /** Those that at least one limit refused. */
    public long refused() {
        return refused;
    }

    public Refusals of(Proposed proposed) {
        return told(proposed);
    }

    /** What one subject has used of one limit. */
    private sealed interface Counter {

        boolean fits(Request request);

        void take(Request request);

        static Counter of(Limit limit) {
            if (limit.metric() == Metric.CONCURRENCY) {
                return new Slots(limit);
            }
            return limit.window() == Window.MINUTE ? new Rate(limit) : new Windowed(limit);
        }
    }

    /** Of a calendar window. */
    private static final class Windowed implements Counter {
        private final Limit limit;
        private @Nullable Span span;
        private long used;

        Windowed(Limit limit) {
            this.limit = limit;
        }

        @Override
        public boolean fits(Request request) {
            var running = span;
            if (running == null || !running.contains(request.millis())) {
                span = Windows.running(limit, List.of(), request.millis());
                used = 0;
            }
            return request.needs(limit.metric()) <= limit.amount() - used;
        }

        @Override
        public void take(Request request) {
            used = Math.addExact(used, request.uses(limit.metric()));
        }
    }

    /** Of a minute: a level that drains at the rate, as gateways keep it. */
    private static final class Rate implements Counter {
        private final Limit limit;
        private long level;
        private long atMillis;

        Rate(Limit limit) {
            this.limit = limit;
        }

        @Override
        public boolean fits(Request request) {
            level =
                    Math.max(
                            0, level - Amounts.passed(limit.amount(), request.millis() - atMillis));
            atMillis = request.millis();
            return request.needs(limit.metric()) <= limit.amount() - level;
        }

        @Override
        public void take(Request request) {
            level = Math.addExact(level, request.uses(limit.metric()));
        }
    }

    /** Of requests at once. */
    private static final class Slots implements Counter {
        private final Limit limit;
        private final PriorityQueue<Long> ends = new PriorityQueue<>();

        Slots(Limit limit) {
            this.limit = limit;
        }

        @Override
        public boolean fits(Request request) {
            while (!ends.isEmpty() && ends.peek() <= request.millis()) {
                ends.poll();
            }
            return ends.size() < limit.amount();
        }

        @Override
        public void take(Request request) {
            ends.add(Math.max(request.endMillis(), request.millis() + 1));
        }
    }
}
