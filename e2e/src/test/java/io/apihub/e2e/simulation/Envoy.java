package io.apihub.e2e.simulation;

import com.google.protobuf.UInt64Value;
import io.apihub.envoy.data.ai.v3.TokenUsage;
import io.apihub.envoy.data.ai.v3.TokenUsage.ExtractionStatus;
import io.apihub.extauthz.usage.LogEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One site's Envoy: carries requests to the upstream and says afterwards what they used. */
final class Envoy {

    /** It keeps so many entries while nobody takes them. */
    private static final int BUFFER = 20;

    /** The log stream's keep-alive finds out that it is stopped. */
    private static final long FOUND_OUT = 3 * VirtualTime.SECOND;

    /** Longer than a hold lasts of which nothing is said. */
    private static final long LATE = World.LONGEST.toNanos() * 3 / 2;

    private final World world;
    private final Site site;
    private final RandomGenerator random;
    private final Set<Request> carried = new LinkedHashSet<>();
    private final Set<Request> inFlight = new LinkedHashSet<>();
    private final Deque<Request> buffer = new ArrayDeque<>();
    private final List<Runnable> whileStopped = new ArrayList<>();
    private boolean up = true;
    private boolean stopped;
    private int life;

    Envoy(World world, Site site) {
        this.world = world;
        this.site = site;
        this.random = world.random();
        connectLater();
    }

    boolean takesRequests() {
        return up && !stopped;
    }

    Set<Request> requests() {
        return inFlight;
    }

    private void connectLater() {
        int now = life;
        world.time()
                .after(
                        random.nextLong(2 * VirtualTime.SECOND),
                        () -> {
                            if (now == life && up) {
                                connect();
                                connectLater();
                            }
                        });
    }

    private void connect() {
        var process = site.process;
        if (process != null && process.isAlive() && !process.hasLogStream() && !stopped) {
            process.logStream(true);
            while (!buffer.isEmpty()) {
                deliver(buffer.remove());
            }
        }
    }

    /** The check allowed it. */
    void carry(Request request, long nanos) {
        inFlight.add(request);
        carried.add(request);
        request.reachedUpstream = true;
        int now = life;
        world.time().after(nanos, () -> whenRunning(() -> end(request, now)));
    }

    private void whenRunning(Runnable task) {
        if (stopped) {
            whileStopped.add(task);
        } else {
            task.run();
        }
    }

    private void end(Request request, int begunIn) {
        if (begunIn != life || !inFlight.remove(request)) {
            return;
        }
        world.trace().say(() -> site + " upstream served " + request);
        int now = life;
        world.time()
                .after(
                        random.nextLong(900 * VirtualTime.MILLI),
                        () -> whenRunning(() -> report(request, now)));
    }

    private void report(Request request, int begunIn) {
        if (begunIn != life) {
            request.word = Request.Word.LOST;
            return;
        }
        var process = site.process;
        if (process != null && process.hasLogStream() && isLate(request)) {
            process.logStream(false);
            world.time().after(LATE, () -> whenRunning(() -> late(request, begunIn)));
        } else if (process != null && process.hasLogStream()) {
            deliver(request);
        } else if (buffer.size() < BUFFER) {
            buffer.add(request);
        } else {
            request.word = Request.Word.LOST;
        }
    }

    /** The stream breaks with it, and it comes when nobody waits for it any more. */
    private static boolean isLate(Request request) {
        return (request.input + request.output) % 24 == 0;
    }

    private void late(Request request, int begunIn) {
        if (begunIn == life) {
            deliver(request);
        }
    }

    private void deliver(Request request) {
        var process = site.process;
        // The socket's buffer dies with a process, so some that are sent are never heard.
        if (process == null || !process.isAlive()) {
            request.word = Request.Word.LOST;
            return;
        }
        var entry = world.parts().entry(entry(request));
        world.trace().say(() -> site + " hears of " + request);
        request.word = Request.Word.HEARD;
        process.logged(entry);
    }

    static LogEntry entry(Request request) {
        var usage =
                TokenUsage.newBuilder()
                        .setExtractionStatus(ExtractionStatus.COMPLETE)
                        .setModel("m")
                        .setInputTokens(UInt64Value.of(request.input))
                        .setOutputTokens(UInt64Value.of(request.output))
                        .build();
        var exchange =
                new LogEntry.Exchange(
                        request.end == Request.End.FAILED ? 503 : 200,
                        true,
                        request.end != Request.End.FAILED,
                        request.end == Request.End.LEFT,
                        false,
                        true,
                        "",
                        "127.0.0.1:8317",
                        "",
                        new LogEntry.Timing(request.admittedAtMillis, 0, 0),
                        3 * request.input,
                        request.end == Request.End.FAILED ? 0 : 100);
        return new LogEntry(
                request.hold, exchange, request.end == Request.End.SERVED ? usage : null, Map.of());
    }

    /** It dies with all requests in it; nobody hears what they used. */
    void kill() {
        life++;
        up = false;
        stopped = false;
        whileStopped.clear();
        carried.stream()
                .filter(Request::isUnderWay)
                .forEach(request -> request.word = Request.Word.LOST);
        carried.clear();
        inFlight.clear();
        buffer.clear();
        if (site.process != null) {
            site.process.logStream(false);
        }
    }

    void start() {
        if (!up) {
            up = true;
            life++;
            connectLater();
        }
    }

    /** As SIGSTOP does; after a while its streams are given up by the other side. */
    void stop(long nanos) {
        if (stopped || !up) {
            return;
        }
        stopped = true;
        int now = life;
        if (nanos > FOUND_OUT && site.process != null) {
            var process = site.process;
            world.time().after(FOUND_OUT, () -> process.logStream(false));
        }
        world.time()
                .after(
                        nanos,
                        () -> {
                            if (now == life) {
                                stopped = false;
                                var waiting = List.copyOf(whileStopped);
                                whileStopped.clear();
                                waiting.forEach(Runnable::run);
                            }
                        });
    }
}
