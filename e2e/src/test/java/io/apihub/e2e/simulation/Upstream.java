package io.apihub.e2e.simulation;

import io.apihub.billing.budget.Metric;
import io.apihub.billing.budget.Window;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The upstream's own log. What it served is the truth, whatever billing's tables say. */
final class Upstream {

    private static final long MINUTE = 60 * VirtualTime.SECOND;

    private record Counter(Party.Cap cap, long windowStart) {}

    private final World world;
    private final List<Request> all = new ArrayList<>();
    private final Map<Request, Volume> volumes = new HashMap<>();
    private final Map<Party, Long> spent = new HashMap<>();
    private final Map<Counter, Long> counted = new HashMap<>();
    private final Map<Party.Cap, Minute> minutes = new HashMap<>();

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
                    sum <= request.tenant.deposit,
                    "served " + sum + " of a deposit of " + request.tenant.deposit);
        }
        request.caps.forEach(cap -> carries(request, cap));
    }

    private void carries(Request request, Party.Cap cap) {
        if (cap.metric == Metric.CONCURRENCY) {
            long open =
                    world.envoys().stream()
                            .flatMap(envoy -> envoy.requests().stream())
                            .filter(each -> each.caps.contains(cap))
                            .count();
            Violation.unless(open <= cap.highest(), open + " at once, " + cap);
        } else if (request.end == Request.End.SERVED) {
            if (cap.window == Window.MINUTE) {
                minute(cap, cap.counts(request));
            } else {
                var span = cap.window.around(world.millis(), ZoneOffset.UTC);
                long sum =
                        counted.merge(
                                new Counter(cap, span.startMillis()),
                                cap.counts(request),
                                Long::sum);
                Violation.unless(
                        sum <= cap.highest(), "served " + sum + ", more than " + cap + " allows");
            }
        }
    }

    /** A minute lets pass its amount as a burst and once more at its rate; clocks drift by 1 %. */
    private void minute(Party.Cap cap, long amount) {
        long sum = minutes.computeIfAbsent(cap, _ -> new Minute()).add(world.time().now(), amount);
        long most = 2 * cap.highest() + Math.ceilDiv(cap.highest(), 50);
        Violation.unless(sum <= most, sum + " within a minute, " + cap);
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
