package io.apihub.e2e.simulation;

import io.apihub.billing.budget.Metric;
import io.apihub.billing.budget.Window;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The upstream's own log. What it served is the truth, whatever billing's tables say. */
final class Upstream {

    private static final long MINUTE = 60 * VirtualTime.SECOND;

    /** Of a rate the window is none: it is 0. */
    private record Counter(Party.Cap cap, String key, long windowStart) {}

    private final World world;
    private final List<Request> all = new ArrayList<>();
    private final Map<Request, Volume> volumes = new HashMap<>();
    private final Map<Party, Long> spent = new HashMap<>();
    private final Map<Counter, Long> counted = new HashMap<>();
    private final Map<Counter, Minute> minutes = new HashMap<>();

    /** What was served in the last minute. */
    private static final class Minute {
        private record Served(long at, long amount) {}

        private final Deque<Served> served = new ArrayDeque<>();
        private long sum;

        long add(long now, long amount) {
            served.add(new Served(now, amount));
            sum += amount;
            while (now - served.getFirst().at() >= MINUTE) {
                sum -= served.removeFirst().amount();
            }
            return sum;
        }
    }

    Upstream(World world) {
        this.world = world;
    }

    List<Request> all() {
        return all;
    }

    void held(Request request, Volume volume) {
        all.add(request);
        volumes.put(request, volume);
    }

    /** A request reached it: here the ceilings are proven. */
    void carries(Request request) {
        if (request.end != Request.End.FAILED) {
            long sum = spent.merge(request.tenant, request.cost(), Long::sum);
            Violation.unless(
                    sum <= request.tenant.paidIn(),
                    "served " + sum + " of the " + request.tenant.paidIn() + " paid in");
        }
        request.caps.forEach(cap -> carries(request, cap));
    }

    private void carries(Request request, Party.Cap cap) {
        var key = cap.counterOf(request.key);
        if (cap.metric == Metric.CONCURRENCY) {
            slots(cap, key);
        } else if (cap.window == Window.MINUTE) {
            minute(new Counter(cap, key, 0), counts(request, cap));
        } else {
            var span = cap.window.around(world.millis(), cap.zone);
            long sum =
                    counted.merge(
                            new Counter(cap, key, span.startMillis()),
                            counts(request, cap),
                            Long::sum);
            Violation.unless(
                    sum <= cap.ceiling(), "served " + sum + ", more than " + cap + " allows");
        }
    }

    /** Of a client that left nobody knows what it used, but that it was one. */
    private static long counts(Request request, Party.Cap cap) {
        return switch (request.end) {
            case SERVED -> cap.counts(request);
            case LEFT -> cap.metric == Metric.REQUESTS ? 1 : 0;
            case FAILED -> 0;
        };
    }

    private void slots(Party.Cap cap, String key) {
        long open =
                world.envoys().stream()
                        .flatMap(envoy -> envoy.requests().stream())
                        .filter(each ->
                                each.caps.contains(cap) && cap.counterOf(each.key).equals(key))
                        .count();
        Violation.unless(open <= cap.ceiling(), open + " at once, " + cap);
    }

    /** A minute lets pass its amount as a burst and once more at its rate; clocks drift by 1 %. */
    private void minute(Counter counter, long amount) {
        if (amount > 0) {
            var cap = counter.cap();
            long sum =
                    minutes.computeIfAbsent(counter, _ -> new Minute())
                            .add(world.time().now(), amount);
            long most = 2 * cap.highest() + Math.ceilDiv(cap.highest(), 50);
            Violation.unless(sum <= most, sum + " within a minute, " + cap);
        }
    }

    /** A power cut takes what was not on the disk. */
    void powerCut(Volume volume) {
        var unsynced = volume.unsynced();
        for (var request : all) {
            if (volumes.get(request) == volume && unsynced.contains(request.hold.getHoldId())) {
                request.mayBeForgotten = true;
                request.mayBeEstimated = true;
            }
        }
    }

    /** A volume is gone for ever. */
    void lost(Volume volume) {
        for (var request : all) {
            if (volumes.get(request) == volume) {
                request.mayBeForgotten = true;
            }
        }
    }
}
